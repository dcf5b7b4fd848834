import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pack } from '../../src/alias/alias.ts';
import { decideClaim, decideScored, decideUnavailable } from '../../src/decision/decide.ts';
import { failureCauses, type Action, type Mode, type Policy } from '../../src/decision/policy.ts';
import type { Score } from '../../src/score/score.ts';
import { alias, policy, pack, score, term } from './samples.ts';

const purpose = null;

const cases = [
  {
    name: 'nothing unusual',
    score: { bits: -3, pValue: 1 },
    pack: null,
    verdict: 'clean',
    action: 'pass',
  },
  {
    name: 'nothing unusual, little history',
    score: { bits: -3, pValue: 1, messages: 50 },
    pack: null,
    verdict: 'learning',
    action: 'pass',
  },
  {
    name: 'many days are needed too',
    score: { bits: -3, pValue: 1, days: 3 },
    pack: null,
    verdict: 'learning',
    action: 'pass',
  },
  {
    name: 'past the tag budget',
    score: { bits: 9, pValue: 9e-4 },
    pack: null,
    verdict: 'suspicious',
    action: 'tag',
  },
  {
    name: 'bits enough, budget not',
    score: { bits: 9, pValue: 2e-3 },
    pack: null,
    verdict: 'clean',
    action: 'pass',
  },
  {
    name: 'budget enough, bits not',
    score: { bits: 7, pValue: 1e-6 },
    pack: null,
    verdict: 'clean',
    action: 'pass',
  },
  {
    name: 'past the quarantine budget',
    score: { bits: 14, pValue: 9e-5 },
    pack: null,
    verdict: 'anomalous',
    action: 'quarantine',
  },
  {
    name: 'the same with little history is only tagged',
    score: { bits: 14, pValue: 9e-5, messages: 50 },
    pack: null,
    verdict: 'anomalous',
    action: 'tag',
  },
  {
    name: 'the same with little history and a pack is held',
    score: { bits: 14, pValue: 9e-5, messages: 0, days: 0 },
    pack,
    verdict: 'anomalous',
    action: 'quarantine',
  },
] as const;
for (const { name, score: given, pack: givenPack, verdict, action } of cases) {
  test(name, () => {
    const decision = decideScored({
      score: score(given),
      alias: alias(givenPack),
      policy,
      purpose,
    });
    assert.equal(decision.verdict, verdict);
    assert.equal(decision.action, action);
    assert.equal(decision.effectiveAction, action);
    assert.equal(decision.learnFeatures, action === 'pass', 'flagged mail is not learned');
    assert.equal(
      decision.learnPending,
      true,
      'what comes instead of the old is counted, flagged or not',
    );
  });
}

const chosen: readonly {
  readonly name: string;
  readonly actions: Policy['actions'];
  readonly score: Partial<Score>;
  readonly pack: Pack | null;
  readonly action: Action;
}[] = [
  {
    name: 'suspicious mail is deferred where the policy says so',
    actions: { suspicious: 'defer', anomalous: 'reject' },
    score: { bits: 9, pValue: 9e-4 },
    pack: null,
    action: 'defer',
  },
  {
    name: 'anomalous mail is refused where the policy says so',
    actions: { suspicious: 'defer', anomalous: 'reject' },
    score: { bits: 14, pValue: 9e-5 },
    pack,
    action: 'reject',
  },
  {
    name: 'without history and pack nothing is refused',
    actions: { suspicious: 'reject', anomalous: 'reject' },
    score: { bits: 14, pValue: 9e-5, messages: 50 },
    pack: null,
    action: 'tag',
  },
  {
    name: 'what may pass, passes',
    actions: { suspicious: 'pass', anomalous: 'pass' },
    score: { bits: 14, pValue: 9e-5, messages: 50 },
    pack: null,
    action: 'pass',
  },
];
for (const { name, actions, score: given, pack: givenPack, action } of chosen) {
  test(name, () => {
    const decision = decideScored({
      score: score(given),
      alias: alias(givenPack),
      purpose,
      policy: { ...policy, actions },
    });
    assert.equal(decision.action, action);
    assert.equal(decision.learnFeatures, false, 'what is done does not make it undisputed');
    assert.notEqual(decision.reason, '');
  });
}

const modes: readonly { readonly mode: Mode; readonly effective: string }[] = [
  { mode: 'shadow', effective: 'pass' },
  { mode: 'tag', effective: 'tag' },
  { mode: 'enforce', effective: 'quarantine' },
];
for (const { mode, effective } of modes) {
  test(`mode ${mode} makes of a quarantine: ${effective}`, () => {
    const decision = decideScored({
      score: score({ bits: 20, pValue: 1e-6 }),
      alias: alias(pack),
      purpose,
      policy: { ...policy, mode },
    });
    assert.deepEqual([decision.action, decision.effectiveAction], ['quarantine', effective]);
  });
}

test('a claim teaches nothing; impersonation does what the policy says, unverified mail passes', () => {
  const impersonation = decideClaim('impersonation', 'why', policy);
  assert.deepEqual(
    [
      impersonation.action,
      impersonation.learnFeatures,
      impersonation.learnPending,
      impersonation.reason,
    ],
    ['tag', false, false, 'why'],
  );
  assert.equal(decideClaim('unverified', 'why', policy).action, 'pass');
});

for (const failure of failureCauses) {
  test(`${failure}: mail goes on by default, and the client keeps it where the policy says defer`, () => {
    const relayed = decideUnavailable(failure, { policy, isAlias: false });
    assert.deepEqual(
      [relayed.verdict, relayed.effectiveAction, relayed.failure],
      ['unavailable', 'pass', failure],
    );
    const deferred = decideUnavailable(failure, {
      policy: { ...policy, mode: 'tag', failOpen: { ...policy.failOpen, [failure]: 'defer' } },
      isAlias: true,
    });
    assert.equal(deferred.effectiveAction, 'defer');
  });
}

test('a message of a watched alias that cannot be read is tagged: being malformed is no way around us', () => {
  assert.equal(decideUnavailable('malformed', { policy, isAlias: true }).action, 'tag');
  assert.equal(decideUnavailable('store', { policy, isAlias: true }).action, 'pass');
});

const ofCodes = { score: score({ bits: 20, pValue: 1e-6 }), alias: alias(pack), policy };

test('a message with a one-time code is tagged, not held: nobody can sign in without it', () => {
  assert.equal(decideScored({ ...ofCodes, purpose: 'otp' }).action, 'tag');
  assert.equal(decideScored({ ...ofCodes, purpose: 'billing' }).action, 'quarantine');
  const rejecting = { ...policy, actions: { suspicious: 'tag', anomalous: 'reject' } } as const;
  assert.equal(decideScored({ ...ofCodes, policy: rejecting, purpose: 'otp' }).action, 'tag');
});

for (const signal of ['phone', 'wallet', 'link', 'bare-domain', 'reply-to'] as const) {
  test(`unless something leads away from the vendor: ${signal}`, () => {
    const led = score({ bits: 20, pValue: 1e-6, terms: [term(signal, 1.1)] });
    assert.equal(decideScored({ ...ofCodes, score: led, purpose: 'otp' }).action, 'quarantine');
    const hardly = score({ bits: 20, pValue: 1e-6, terms: [term(signal, 0.9)] });
    assert.equal(decideScored({ ...ofCodes, score: hardly, purpose: 'otp' }).action, 'tag');
  });
}

const young: readonly {
  readonly name: string;
  readonly given: Partial<Score>;
  readonly action: Action;
}[] = [
  {
    name: 'a phone, 100 messages over 14 days',
    given: { terms: [term('phone')] },
    action: 'quarantine',
  },
  { name: 'a wallet', given: { terms: [term('wallet')] }, action: 'quarantine' },
  { name: 'a phone that says little', given: { terms: [term('phone', 0.5)] }, action: 'tag' },
  {
    name: 'a foreign Reply-To is no contact point',
    given: { terms: [term('reply-to')] },
    action: 'tag',
  },
  { name: '99 messages', given: { terms: [term('phone')], messages: 99 }, action: 'tag' },
  { name: '13 days', given: { terms: [term('phone')], days: 13 }, action: 'tag' },
];
for (const { name, given, action } of young) {
  test(`a contact point is held on less history: ${name}`, () => {
    const evidence = score({ bits: 20, pValue: 1e-6, messages: 100, days: 14, ...given });
    const decision = decideScored({ score: evidence, alias: alias(null), policy, purpose });
    assert.equal(decision.action, action);
  });
}
