import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { activate } from '../../src/activate-rules.ts';
import { reappraiser } from '../../src/backtest/reappraise.ts';
import type { HostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import type { RuleSet } from '../../src/config/rule-set.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { createLog } from '../../src/observability/log.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { startServer } from '../../src/server.ts';
import { hideRules } from '../../src/vectors/hide-rules.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { appraisedMail } from '../support/appraised-mail.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { keptIn, mailOfADay, sendMail, startMailDns, type Mail } from './signed-mail.ts';

const messages = 500;
const anyPort = { host: '127.0.0.1', port: 0 };
const morning = Date.parse('2026-11-22T08:00:00Z');

const scratch = await mkdtemp(join(tmpdir(), 'aliaswatch-replay-'));
after(() => rm(scratch, { recursive: true, force: true }));

/** The shipped rules with other words in some files. */
async function rulesWith(
  name: string,
  edits: Readonly<Record<string, (text: string) => string>>,
): Promise<RuleSet> {
  const directory = join(scratch, name);
  await cp('rules', directory, { recursive: true });
  for (const [file, edit] of Object.entries(edits)) {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8');
    const edited = edit(text);
    assert.notEqual(edited, text, `${file} is edited`);
    await writeFile(path, edited);
  }
  const loading = await loadRules(directory);
  assert.ok(loading.ok, loading.ok ? '' : JSON.stringify(loading.problems));
  return loading.rules;
}

const watched = (text: string) => text.replace('watch: []', 'watch: [billing@maple.example]');

/** Lets a gateway that begins with `base` have the mail, and gives what it kept of it, in order. */
async function throughGateway(
  base: string,
  rules: RuleSet,
  { mail, dns, nextHop }: { mail: readonly Mail[]; dns: HostPort; nextHop: HostPort },
): Promise<readonly KeptMessage[]> {
  const stateDir = await mkdtemp(join(scratch, 'state-'));
  await cp(base, stateDir, { recursive: true });
  let at = morning;
  const settings = completeSettings(
    { listen: anyPort, http: anyPort, dns: [dns], stateDir, mode: 'enforce' },
    'gateway.test',
  );
  {
    await using server = await startServer({
      // Where a ledger does not answer in time a message is scored without it, whatever the rules.
      settings: { ...settings, nextHop: [nextHop], storeTimeoutMs: 10_000 },
      rules,
      log: createLog('silent'),
      version: 'test',
      now: () => new Date(at),
    });
    await using client = await SmtpDialogue.greeted(server.smtp);
    for (const one of mail) {
      at += 60_000;
      assert.match(await sendMail(client, one), /^250/);
    }
  }
  return keptIn(stateDir);
}

test('what a backtest foretells is what the mail then meets, message for message', async () => {
  const current = await rulesWith('current', { 'policy.yaml': watched });
  const candidate = await rulesWith('candidate', {
    'policy.yaml': (text) =>
      watched(text)
        .replace('floorBits: 7.25', 'floorBits: 5')
        .replace('budget: 1e-3', 'budget: 1e-2'),
    'causes.yaml': (text) => text.replace('weight: 0.08 # C11', 'weight: 0.3 # C11'),
    'conditions.yaml': () => `conditions:
  - id: somewhat-suspicious
    name: somewhat suspicious
    description: reads no message
    when: baseline.messages > 10 && score.bits > 1.0
    effect: { bits: 3 }
`,
  });
  await using recorder = await SmtpRecorder.start();
  await using dns = await startMailDns();
  const base = await mkdtemp(join(scratch, 'base-'));
  const pseudonym = createPseudonym(await loadPseudonymKey(base));
  const active = activate(current, { mode: 'enforce' });
  const store = completeSettings({ stateDir: base }, 'gateway.test').store;
  const until = new Date(morning - 3 * 86_400_000);
  await appraisedMail({ count: 480, rules: active, pseudonym, store, until });

  // No message depends on what became of another: what one teaches is not matured on the same day, its recipients and
  // words are known already, and what a lure brings is its own.
  const mail = await mailOfADay(5000, messages, 11);
  const given = { mail, dns: dns.address, nextHop: recorder.address };
  const kept = await throughGateway(base, current, given);
  const met = await throughGateway(base, candidate, given);
  assert.equal(kept.length, messages);
  assert.equal(met.length, messages);
  const foretell = reappraiser(hideRules(activate(candidate, { mode: 'enforce' }), pseudonym));
  let changed = 0;
  for (const [index, message] of kept.entries()) {
    const foretold = foretell(message);
    const { outcome } = met[index]!;
    assert.ok(foretold);
    assert.deepEqual({ ...foretold, bits: 0, pValue: 0 }, { ...outcome, bits: 0, pValue: 0 });
    assert.ok(Math.abs(foretold.bits - outcome.bits) < 1e-9, `message ${index}`);
    if (foretold.action !== message.outcome.action) changed++;
  }
  assert.ok(changed > 10, `${changed} messages are dealt with otherwise`);
});
