import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noAlerts } from '../src/alerts/alerts.ts';
import { archivedTransaction, assumeAuthenticated } from '../src/archive/archived-transaction.ts';
import { openStore } from '../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../src/baseline/store.ts';
import { loadRules } from '../src/config/load-rules.ts';
import { createPseudonym } from '../src/features/hash.ts';
import { judge, type Judgement } from '../src/judge.ts';
import { readHeader } from '../src/message/header.ts';
import { parseMessage } from '../src/message/message.ts';
import { activate } from '../src/activate-rules.ts';

const loading = await loadRules('rules');
assert.ok(loading.ok);
const rules = activate(loading.rules, { mode: null });
const alias = rules.catalogue.find('support@acme.zendesk.com');
const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-tenants-'));
const store = await openStore(`sqlite:${join(directory, 'baselines.db')}`, {
  limits: defaultStoreLimits,
  timeoutMs: 5000,
});
after(async () => {
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const start = new Date('2026-09-01T08:00:00Z').getTime();
const dayMs = 86_400_000;
const things = ['parcel', 'invoice copy', 'password', 'refund form', 'delivery date', 'size'];
const people = ['ana', 'ben', 'cleo', 'dov', 'eva', 'fay', 'gus'];

type Ticket = {
  readonly tenant: string;
  readonly day: number;
  readonly subject?: string;
  readonly text?: string;
  readonly name?: string;
};

/** What the service makes of an agent's answer: its own frame around text of the tenant. */
function ticketMail({ tenant, day, ...typed }: Ticket): Buffer {
  const person = people[day % people.length] ?? '';
  const number = 4000 + day * 13;
  const thing = things[day % things.length] ?? '';
  const subject = typed.subject ?? `[${tenant}] Re: question about my ${thing}`;
  const text = typed.text ?? `Hello ${person}, we looked into your ${thing} and sent it again.`;
  return Buffer.from(
    [
      `From: "${typed.name ?? `${tenant} Support`}" <support@${tenant}.zendesk.com>`,
      `To: ${person}@site${day % 8}.example`,
      `Subject: ${subject}`,
      `Date: ${new Date(start + day * dayMs).toUTCString().replace('GMT', '+0000')}`,
      'Content-Type: text/html; charset=utf-8',
      '',
      `<html><body><p class="line">Type your reply above this line.</p><div class="comment"><p>${text}</p></div>`,
      `<p><a href="https://${tenant}.zendesk.com/hc/requests/${number}">Request ${number}</a></p>`,
      '<p class="foot">This email is a service of the help desk, delivered by Zendesk.</p></body></html>',
      '',
    ].join('\r\n'),
  );
}

async function judged(ticket: Ticket): Promise<Judgement> {
  assert.ok(alias);
  const bytes = ticketMail(ticket);
  const header = readHeader(bytes);
  const receivedAt = new Date(start + ticket.day * dayMs + 3_600_000);
  const id = `${ticket.tenant}-${ticket.day}`;
  return judge(
    {
      transaction: archivedTransaction({ id, bytes, header, receivedAt }),
      message: await parseMessage(bytes, header),
      authentication: assumeAuthenticated(header),
      alias,
      address: header.from[0]?.address ?? '',
      learnable: true,
    },
    rules,
    {
      baselines: store,
      organization: null,
      alerts: noAlerts,
      pseudonym: createPseudonym(Buffer.alloc(32)),
      countsTraffic: true,
      timed: async (_, work) => work(),
    },
  );
}

const lastDay = 75;

describe('a tenant-hosted service that thirty tenants have used for ten weeks', () => {
  const flagged: string[] = [];
  before(async () => {
    for (let day = 0; day < lastDay; day++) {
      for (let mail = 0; mail < 4; mail++) {
        const tenant = `tenant${(day * 7 + mail * 11) % 30}`;
        const { decision, lesson, score } = await judged({ tenant, day });
        if (decision.verdict === 'suspicious' || decision.verdict === 'anomalous')
          flagged.push(`${tenant} ${score.bits.toFixed(1)}`);
        if (lesson) await store.commit({ ...lesson, id: `${day}-${mail}` });
      }
    }
  });

  test('their own mail was never flagged', () => {
    assert.deepEqual(flagged, []);
  });

  test('the first mail of a new tenant is clean: the other tenants are its history', async () => {
    const { decision, score } = await judged({ tenant: 'newcomer', day: lastDay });
    assert.equal(decision.verdict, 'clean', `${score.bits.toFixed(1)} bits`);
    assert.ok(score.messages > 200);
  });

  const lures: readonly (Omit<Ticket, 'tenant' | 'day'> & { readonly where: string })[] = [
    {
      where: 'its subject',
      subject: 'PayPal: USD 498.95 charged. Call +1 802 538 3069 within 24 hours to cancel',
    },
    {
      where: 'its text',
      text: 'Your account was charged USD 498.95 for Bitcoin. Call our support desk at +1 802 538 3069 within 24 hours to cancel the payment and get a refund.',
    },
    { where: 'its name', name: 'PayPal Billing, call +1 802 538 3069 to cancel USD 498.95' },
  ];
  for (const { where, ...typed } of lures)
    test(`a lure of a new tenant is flagged: ${where}`, async () => {
      const { decision, score } = await judged({ tenant: 'crook', day: lastDay, ...typed });
      assert.ok(
        decision.verdict === 'suspicious' || decision.verdict === 'anomalous',
        `${decision.verdict}, ${score.bits.toFixed(1)} bits`,
      );
    });
});
