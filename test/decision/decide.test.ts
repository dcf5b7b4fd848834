import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alias, Pack } from '../../src/alias/alias.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { decideClaim, decideScored, decideUnavailable } from '../../src/decision/decide.ts';
import { failureCauses, type Action, type Mode, type Policy } from '../../src/decision/policy.ts';
import type { Score } from '../../src/score/score.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const policy: Policy = { ...loaded.rules.policy, mode: 'enforce' };
const pack: Pack = {
  linkDomains: [],
  phones: [],
  replyToDomains: [],
  bounceDomains: [],
  open: [],
  closed: [],
  slots: [],
  functions: [],
  templates: [],
  boilerplate: [],
  verifyAt: '',
};
const alias = (given: Pack | null): Alias => ({
  id: 'a',
  vendor: 'V',
  addresses: ['a@v.example'],
  dkimDomains: ['v.example'],
  spfIsEnough: false,
  actor: 'slots',
  pack: given,
});

function score(given: Partial<Score>): Score {
  const cause = { id: 'c', title: 'a cause' };
  return {
    bits: 0,
    pValue: 1,
    cause,
    benignCause: cause,
    terms: [{ signal: 'phone', bits: 1, observed: 'x', baseline: '' }],
    messages: 500,
    days: 30,
    since: '2026-01-01',
    ...given,
  };
}

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
    const decision = decideScored({ score: score(given), alias: alias(givenPack), policy });
    assert.equal(decision.verdict, verdict);
    assert.equal(decision.action, action);
    assert.equal(decision.effectiveAction, action);
    assert.equal(decision.learnFeatures, action === 'pass', 'flagged mail is not learned');
    assert.equal(
      decision.learnScore,
      true,
      'the histogram takes every score, or the threshold would sink',
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
      impersonation.learnScore,
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
