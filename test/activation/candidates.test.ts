import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCanaryMessage } from '../../src/activation/choose-rules.ts';
import { changeBetween } from '../../src/activation/shadow-change.ts';
import { openShell } from '../commands/shell.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { rulesetOf, sendClaim, startGateway } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const shell = await openShell();

test('a canary decides for its share, always for the same messages', () => {
  const candidate = { version: '4f1c00aa11bb', stage: { kind: 'canary', share: 0.25 } } as const;
  const chosen = (version: string) =>
    Array.from({ length: 4000 }, (_, index) =>
      isCanaryMessage({ ...candidate, version }, { id: `m${index}`, recipients: [] }),
    );
  const first = chosen(candidate.version);
  const share = first.filter(Boolean).length / 4000;
  assert.ok(Math.abs(share - 0.25) < 0.03, String(share));
  assert.deepEqual(chosen(candidate.version), first);
  assert.notDeepEqual(chosen('another'), first);
});

test('a canary of domains decides only where all recipients are in them', () => {
  const stage = { kind: 'canary', recipientDomains: ['pilot.example'] } as const;
  const decides = (...recipients: readonly string[]) =>
    isCanaryMessage({ version: 'v', stage }, { id: 'm', recipients });
  assert.equal(decides('a@pilot.example', 'b@PILOT.example'), true);
  assert.equal(decides('a@pilot.example', 'b@example.com'), false);
  assert.equal(decides('a@sub.pilot.example'), false);
  assert.equal(decides(), false);
});

test('what a candidate would change', () => {
  assert.equal(changeBetween('tag', 'tag'), 'same');
  assert.equal(changeBetween('defer', 'quarantine'), 'same');
  assert.equal(changeBetween('tag', 'quarantine'), 'newly-held');
  assert.equal(changeBetween('pass', 'tag'), 'newly-tagged');
  assert.equal(changeBetween('reject', 'tag'), 'no-longer-held');
  assert.equal(changeBetween('tag', 'pass'), 'no-longer-tagged');
});

test('a running gateway judges mail of some domains by the candidate, until it is dropped', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  await using others = await smallRules('mode: shadow\n');
  await using gateway = await startGateway({ nextHop: nextHop.address, rulesDir: rules.path });
  const flags = ['--store', `sqlite:${gateway.stateDir}/baselines.db`];
  const [active, candidate] = [await versionOf(rules.path), await versionOf(others.path)];
  const domains = ['--canary-domains', 'pilot.example'];
  const made = await shell.run(['rules', 'activate', others.path, ...domains, ...flags]);
  assert.match(made.stdout, new RegExp(`^${candidate} is the candidate, deciding mail`, 'm'));
  await gateway.logged(
    ({ msg, candidate: version }) => msg === 'rules changed' && version !== null,
  );
  assert.equal(
    await gateway.metric(`aliaswatch_ruleset_info{version="${candidate}",stage="canary"}`),
    1,
  );
  const judge = async (...recipients: readonly string[]) => {
    assert.match(await sendClaim(gateway, recipients), /^250/);
    return rulesetOf(nextHop.messages.at(-1));
  };
  assert.equal(await judge('a@pilot.example'), candidate);
  assert.equal(await judge('a@example.com'), active);
  assert.equal(await judge('a@pilot.example', 'b@example.com'), active);
  assert.equal((await shell.run(['rules', 'rollback', ...flags])).code, 0);
  await gateway.logged(
    ({ msg, candidate: version }) => msg === 'rules changed' && version === null,
  );
  assert.equal(await judge('a@pilot.example'), active);
});
