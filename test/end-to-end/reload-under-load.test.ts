import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { putInForce } from '../../src/activation/change-rules.ts';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import type { RuleFileCache } from '../../src/config/rule-file-cache.ts';
import { claimed, rulesetOf, startGateway, type Gateway } from '../activation/gateway.ts';
import { smallRules } from '../activation/small-rules.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const messages = 20_000;
const clients = 24;
/** Then a client connects again. */
const perSession = 20;
const activations = 100;

/** Every fourth message claims a watched alias, and says in its header what it was judged by. */
function messageOf(index: number): string {
  const from = index % 4 === 0 ? claimed : `ann${index % 50}@example.org`;
  return `From: ${from}\r\nTo: jo@example.test\r\nSubject: message ${index}\r\n\r\nhello ${index}\r\n`;
}

/** Sends messages as long as there are any; gives the final replies. */
async function sendMany(gateway: Gateway, next: () => number | null): Promise<readonly string[]> {
  const replies: string[] = [];
  for (let index = next(); index !== null;) {
    await using client = await SmtpDialogue.greeted(gateway.server.smtp);
    for (let sent = 0; sent < perSession && index !== null; sent++, index = next()) {
      client.send('MAIL FROM:<ann@example.org>', 'RCPT TO:<jo@example.test>', 'DATA');
      for (const expected of ['250', '250', '354']) {
        const [reply = ''] = await client.expectAny();
        assert.equal(reply.slice(0, 3), expected, reply);
      }
      client.send(`${messageOf(index)}.`);
      replies.push((await client.expectAny())[0] ?? '');
    }
  }
  return replies;
}

test('rules change a hundred times under load: every message has one set, and none is refused', async (t) => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  const { path } = rules;
  const limits = { messagesPerMinute: 0, connectionsPerMinute: 0 };
  await using gateway = await startGateway({
    nextHop: nextHop.address,
    rulesDir: path,
    settings: limits,
  });
  await using store = await openRuleSets(`sqlite:${join(gateway.stateDir, 'baselines.db')}`, {
    timeoutMs: 5000,
  });
  const cache: RuleFileCache = new Map();
  const versions = new Set<string>([(await store.inForce()).active ?? '']);
  let sent = 0;
  const progress = new EventEmitter();
  const next = () => {
    if (sent % 50 === 0) progress.emit('sent');
    return sent < messages ? sent++ : null;
  };
  const policy = join(path, 'policy.yaml');

  /** What an operator may do to the files at the worst moment; each is there for a moment, then the next. */
  const damages: readonly (() => Promise<unknown>)[] = [
    () => writeFile(policy, 'mode: sometimes\n'),
    () => writeFile(policy, 'mode: tag\nactions: {suspicious: '),
    () => writeFile(policy, Buffer.alloc(50 * 1024 * 1024, 0x20)),
    () => rm(policy),
    () => rename(path, `${path}-gone`),
  ];
  const change = async () => {
    for (let index = 0; index < activations; index++) {
      // Spread over the run.
      while (sent < ((index + 1) * messages) / (activations + 5)) await once(progress, 'sent');
      if (index % 20 === 10) {
        await damages[Math.floor(index / 20)]?.();
        await gateway.server.reloadRules();
        await rename(`${path}-gone`, path).catch(() => undefined);
      }
      await writeFile(policy, `mode: ${index % 2 === 0 ? 'shadow' : 'tag'}\n# ${index}\n`);
      const loading = await loadRules(path, cache);
      assert.ok(loading.ok);
      versions.add(loading.rules.version);
      await putInForce(store, await store.inForce(), {
        rules: loading.rules,
        stage: index % 5 === 4 ? { kind: 'canary', share: 0.3 } : null,
        ...{ by: 'test', via: 'cli', reason: '', at: new Date(), forced: false, steps: [] },
      });
    }
  };
  const startedMs = performance.now();
  const [replies] = await Promise.all([
    Promise.all(Array.from({ length: clients }, () => sendMany(gateway, next))),
    change(),
  ]);
  const seconds = (performance.now() - startedMs) / 1000;
  t.diagnostic(`${messages} messages with ${activations} activations in ${seconds.toFixed(1)} s`);

  const refused = replies.flat().filter((reply) => !reply.startsWith('250 '));
  assert.deepEqual(refused, []);
  const delivered = nextHop.messages;
  assert.equal(delivered.length, messages);
  const judged = delivered.filter((message) => message.includes(`\r\nFrom: ${claimed}\r\n`));
  assert.equal(judged.length, messages / 4);
  const seen = new Set<string>();
  for (const message of judged) {
    assert.equal(message.toString('latin1').split('X-Aliaswatch-Verdict:').length, 2);
    seen.add(rulesetOf(message));
  }
  for (const version of seen) assert.ok(versions.has(version), `${version} was never activated`);
  assert.ok(seen.size > activations / 4, `only ${seen.size} sets decided about anything`);
  const logged = gateway.lines.filter(({ msg }) => msg === 'transaction');
  assert.equal(logged.length, messages);
  for (const { ruleset } of logged) assert.ok(versions.has(String(ruleset)));
  const refusals = gateway.lines.filter(({ msg }) => msg.startsWith('rules not activated:'));
  assert.ok(refusals.length >= damages.length, `${refusals.length} refusals`);
});
