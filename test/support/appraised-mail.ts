import { activate } from '../../src/activate-rules.ts';
import { noAlerts } from '../../src/alerts/alerts.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import type { AuthenticationResults } from '../../src/authentication/results.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import type { ActiveRules } from '../../src/dependencies.ts';
import type { Pseudonym } from '../../src/features/hash.ts';
import { judge, type Judgement } from '../../src/judge.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import type { OrganizationView } from '../../src/organization/organization.ts';
import type { Transaction } from '../../src/smtp/transaction.ts';
import { transactionOf } from './messages.ts';

/** A message of a watched alias that went through features, baseline, score and decision. */
export type AppraisedMail = {
  readonly data: Buffer;
  readonly transaction: Transaction;
  readonly judgement: Judgement;
};

/** Three vendors with a pack and one that is watched by policy alone. */
export const mailAliases = [
  { address: 'service@paypal.com', site: 'paypal.com', says: 'Invoice' },
  { address: 'dse@docusign.net', site: 'docusign.net', says: 'Please sign' },
  { address: 'no-reply@calendly.com', site: 'calendly.com', says: 'New event' },
  { address: 'billing@maple.example', site: 'maple.example', says: 'Receipt' },
] as const;

export async function shippedRules(mode: 'tag' | 'enforce' = 'enforce'): Promise<ActiveRules> {
  const loading = await loadRules('rules');
  if (!loading.ok) throw new Error('the shipped rules do not load');
  const { policy } = loading.rules;
  const watch = [...policy.watch, 'billing@maple.example'];
  return activate({ ...loading.rules, policy: { ...policy, watch } }, { mode });
}

/** A stream of numbers from 0 to 1 that is the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const merchants = ['Alder Bakery', 'Birch Cycles', 'Cedar Studio', 'Dogwood Press'];
export const mailRecipients = ['ann', 'ben', 'cleo', 'dan', 'eve'].flatMap((name) =>
  ['site.example', 'branch.example'].map((domain) => `${name}@${domain}`),
);

/** Text of one message; every `lures`th is a lure of some kind. */
export function mailText(
  { address, site, says }: (typeof mailAliases)[number],
  index: number,
  {
    random,
    lures = 9,
    links = [],
  }: {
    readonly random: () => number;
    readonly lures?: number;
    /** Beside its own. */
    readonly links?: readonly string[];
  },
): Buffer {
  const merchant = merchants[Math.floor(random() * merchants.length)] ?? '';
  const number = 10_000 + Math.floor(random() * 80_000);
  const lure = index % lures === lures - 1 ? 1 + (Math.floor(index / lures) % 4) : 0;
  // One value on two aliases would be a campaign to the organization's ledgers.
  const own = index * mailAliases.length + mailAliases.findIndex((from) => from.site === site);
  const phone = `+1 (888) ${200 + (own % 700)}-${1000 + (own % 8000)}`;
  const subject =
    lure === 1 ? `Cancel your order, call ${phone}` : `${says} ${number} of ${merchant}`;
  const text = [
    `Dear customer, your order ${number} is ready.`,
    'You can view it on our site at any time, and thank you for being with us.',
    ...(lure === 2
      ? [
          `If you did not authorize this refund of $499.99 call our support desk ${phone} within 24 hours.`,
        ]
      : []),
  ];
  const link =
    lure === 3
      ? `https://metamask-staff${own}.xyz/verify/${number}`
      : `https://www.${site}/order/${number}`;
  return Buffer.from(
    [
      `From: ${merchant} <${address}>`,
      'To: ann@site.example',
      `Subject: ${subject}`,
      'Date: Sun, 22 Nov 2026 10:00:00 +0000',
      `Message-ID: <${index}.${number}@${site}>`,
      ...(lure === 4 ? [`Reply-To: help${own}@gmail.com`] : []),
      'Content-Type: text/html; charset=utf-8',
      '',
      `<html><body>${text.map((line) => `<p>${line}</p>`).join('')}${[link, ...links].map((href) => `<a href="${href}">View</a>`).join('')}</body></html>`,
      '',
    ].join('\r\n'),
  );
}

export type AppraisedMailOptions = {
  readonly count: number;
  readonly rules: ActiveRules;
  readonly pseudonym: Pseudonym;
  /** Days over which it comes. */
  readonly days?: number;
  readonly until?: Date;
  readonly organization?: OrganizationView | null;
  /** In every message, beside its own. */
  readonly links?: readonly string[];
  /** Where it is learned; in memory where absent. */
  readonly store?: string;
};

/** Mail of `mailAliases` in turn, scored one after the other, each learned as delivery would teach it. */
export async function appraisedMail({
  count,
  rules,
  pseudonym,
  days = 40,
  until = new Date('2026-11-22T10:00:00Z'),
  organization = null,
  links = [],
  store: location = 'sqlite::memory:',
}: AppraisedMailOptions): Promise<readonly AppraisedMail[]> {
  await using store = await openStore(location, {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  const random = seeded(7);
  const mail: AppraisedMail[] = [];
  for (let index = 0; index < count; index++) {
    const from = mailAliases[index % mailAliases.length] ?? mailAliases[0];
    const data = mailText(from, Math.floor(index / mailAliases.length), { random, links });
    const at = new Date(
      until.getTime() - Math.floor(((count - index) * days * 86_400_000) / count),
    );
    const recipient = mailRecipients[Math.floor(random() * mailRecipients.length)] ?? '';
    const header = readHeader(data);
    const alias = rules.catalogue.find(from.address);
    if (alias === null) throw new Error(`${from.address} is not watched`);
    const transaction = {
      ...transactionOf(data, {
        envelope: { mailFrom: `bounce@${from.site}`, rcptTo: [recipient] },
        receivedAt: at,
      }),
      id: `t${String(index).padStart(19, '0')}`,
    };
    const judgement = await judge(
      {
        transaction,
        message: await parseMessage(data, header),
        authentication: signedOnce(assumeAuthenticated(header), transaction.id),
        alias,
        address: from.address,
        learnable: true,
      },
      rules,
      {
        baselines: store,
        organization: organization && { look: () => Promise.resolve(organization) },
        alerts: noAlerts,
        pseudonym,
        countsTraffic: true,
        timed: async (_stage, work) => work(),
      },
    );
    if (judgement.lesson) await store.commit(judgement.lesson);
    mail.push({ data, transaction, judgement });
  }
  return mail;
}

/** Of every message its own signature: equal ones to one recipient would be taken for the same message. */
function signedOnce(results: AuthenticationResults, id: string): AuthenticationResults {
  return { ...results, dkim: results.dkim.map((found) => ({ ...found, signatureHash: id })) };
}
