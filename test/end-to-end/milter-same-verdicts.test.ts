import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { activate } from '../../src/activate-rules.ts';
import type { HostPort } from '../../src/config/host-port.ts';
import type { RuleSet } from '../../src/config/rule-set.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { createLog } from '../../src/observability/log.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { startServer } from '../../src/server.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { appraisedMail } from '../support/appraised-mail.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { askingLines, clientAddress } from './milter-site.ts';
import { keptIn, mailOfADay, sendMail, startMailDns, type Mail } from './signed-mail.ts';

const messages = 500;
const anyPort = { host: '127.0.0.1', port: 0 };
const morning = Date.parse('2026-11-22T08:00:00Z');

const scratch = await mkdtemp(join(tmpdir(), 'aliaswatch-same-'));
after(() => rm(scratch, { recursive: true, force: true }));

/** One in seven comes with a broken signature, by SPF alone. */
async function someBroken(): Promise<readonly Mail[]> {
  const mail = await mailOfADay(5000, messages, 11);
  return mail.map((one, index) =>
    index % 7 === 0 ? { ...one, bytes: one.bytes.replace(/^Subject: /m, 'Subject: Re: ') } : one,
  );
}

type Through = {
  readonly base: string;
  readonly rules: RuleSet;
  readonly mail: readonly Mail[];
  readonly dns: HostPort;
  readonly mailbox: HostPort;
};

/** Lets a gateway that begins with `base` have the mail, as a front hop or as a milter of Postfix, and gives what it kept. */
async function through(
  way: 'front hop' | 'milter',
  { base, rules, mail, dns, mailbox }: Through,
): Promise<readonly KeptMessage[]> {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(scratch, 'state-'));
  await cp(base, stateDir, { recursive: true });
  let at = morning;
  const settings = completeSettings(
    {
      ...(way === 'milter' ? { milterListen: anyPort } : { nextHop: [mailbox], listen: anyPort }),
      ...{ http: anyPort, dns: [dns], stateDir, mode: 'enforce' },
      // Where a ledger does not answer in time a message is scored without it.
      storeTimeoutMs: 10_000,
    },
    'gateway.test',
  );
  const server = opened.use(
    await startServer({
      settings,
      rules,
      log: createLog('silent'),
      version: 'test',
      now: () => new Date(at),
    }),
  );
  const address =
    server.milter === null
      ? server.smtp
      : opened.use(
          await startPostfix(mailbox, [
            ...askingLines(server.milter),
            'relay_domains = site.example, branch.example',
          ]),
        );
  assert.ok(address);
  {
    await using client = await SmtpDialogue.greeted(address, clientAddress);
    for (const one of mail) {
      at += 60_000;
      assert.match(await sendMail(client, one), /^250/);
    }
  }
  await opened.disposeAsync();
  return keptIn(stateDir);
}

test(
  'behind a real Postfix 500 messages get the verdicts, scores and actions that the front hop gives them',
  { skip: skipWithoutPostfix() },
  async () => {
    const watch = [...shippedRuleSet.policy.watch, 'billing@maple.example'];
    const rules = { ...shippedRuleSet, policy: { ...shippedRuleSet.policy, watch } };
    await using recorder = await SmtpRecorder.start();
    await using dns = await startMailDns();
    const base = await mkdtemp(join(scratch, 'base-'));
    const pseudonym = createPseudonym(await loadPseudonymKey(base));
    const active = activate(rules, { mode: 'enforce' });
    const { store } = completeSettings({ stateDir: base }, 'gateway.test');
    const until = new Date(morning - 3 * 86_400_000);
    await appraisedMail({ count: 480, rules: active, pseudonym, store, until });

    const given = { base, rules, mail: await someBroken(), dns: dns.address };
    const frontHop = await through('front hop', { ...given, mailbox: recorder.address });
    const milter = await through('milter', { ...given, mailbox: recorder.address });
    assert.equal(frontHop.length, messages);
    assert.equal(milter.length, messages);
    const actions = new Map<string, number>();
    for (const [index, { outcome, appraised }] of milter.entries()) {
      const there = frontHop[index]!;
      assert.deepEqual(outcome, there.outcome, `message ${index}`);
      assert.deepEqual(appraised.at, there.appraised.at);
      actions.set(outcome.action, (actions.get(outcome.action) ?? 0) + 1);
    }
    // The comparison is worth something only where there is something to tell apart.
    for (const action of ['pass', 'quarantine'])
      assert.ok((actions.get(action) ?? 0) > 20, JSON.stringify([...actions]));
  },
);
