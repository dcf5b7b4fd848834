import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideScored } from '../../src/decision/decide.ts';
import { effectivePolicy } from '../../src/decision/effective-policy.ts';
import { exceededLimit, type HourlyTraffic } from '../../src/decision/limits.ts';
import { overruleByLimit } from '../../src/decision/overrule.ts';
import type { PolicySettings } from '../../src/decision/policy-override.ts';
import type { Ceiling } from '../../src/decision/policy.ts';
import { alias, policy, score } from './samples.ts';

const quiet: HourlyTraffic = { aliasHourMessages: 1, actorHourMessages: 1, actorIsNew: false };
const off = { alias: null, actor: null, newActor: null };
const at = (perHour: number, action: Ceiling['action']): Ceiling => ({ perHour, action });

test('no ceiling is set by default: not even a flood is past one', () => {
  const flood = { aliasHourMessages: 1e6, actorHourMessages: 1e6, actorIsNew: true };
  assert.equal(exceededLimit(flood, policy), null);
});

test('a ceiling is the last number that is allowed, and the reason names both', () => {
  const limits = { ...off, alias: at(200, 'defer') };
  const of = (aliasHourMessages: number) =>
    exceededLimit({ ...quiet, aliasHourMessages }, { limits });
  assert.equal(of(200), null);
  assert.deepEqual(of(412), {
    limit: 'alias',
    action: 'defer',
    reason: 'this alias sent 412 messages in an hour; the limit is 200',
  });
});

test('the ceiling for new actors does not meet known ones', () => {
  const limits = { ...off, newActor: at(5, 'tag') };
  const busy = { ...quiet, actorHourMessages: 6 };
  assert.equal(exceededLimit(busy, { limits }), null);
  assert.equal(exceededLimit({ ...busy, actorIsNew: true }, { limits })?.limit, 'newActor');
});

test('of several the gravest action wins', () => {
  const limits = {
    ...off,
    alias: at(1, 'tag'),
    actor: at(1, 'quarantine'),
    newActor: at(1, 'defer'),
  };
  const busy = { aliasHourMessages: 9, actorHourMessages: 9, actorIsNew: true };
  assert.equal(exceededLimit(busy, { limits })?.limit, 'actor');
});

test('an alias of its own replaces one ceiling, keeps the others, and may switch one off', () => {
  const busy = { ...quiet, aliasHourMessages: 50, actorHourMessages: 50 };
  const general = { ...off, alias: at(10, 'tag'), actor: at(10, 'defer') };
  const own = (limits: PolicySettings['limits'] = {}, of = 'a') => {
    const overrides = [{ for: { alias: new Set([of]) }, set: { limits } }];
    const mail = { alias: alias(null), purpose: null };
    const resolved = effectivePolicy({ ...policy, limits: general, overrides }, mail, []);
    return exceededLimit(busy, resolved)?.limit;
  };
  assert.equal(own(), 'actor');
  assert.equal(own({ actor: null }, 'b'), 'actor', "another alias's ceiling is no matter");
  assert.equal(own({ actor: null }), 'alias');
  assert.equal(own({ actor: null, alias: at(50, 'tag') }), undefined);
});

const exceeded = { limit: 'alias', action: 'defer', reason: 'too many' } as const;
const clean = decideScored({ score: score({}), alias: alias(null), policy, purpose: null });
const held = decideScored({
  score: score({ bits: 20, pValue: 1e-6 }),
  alias: alias(null),
  policy,
  purpose: null,
});

test('a clean message past a ceiling is dealt with as the ceiling says, and teaches nothing', () => {
  const decision = overruleByLimit(clean, exceeded, 'enforce');
  assert.equal(decision.effectiveAction, 'defer');
  assert.equal(decision.verdict, 'anomalous');
  assert.equal(decision.reason, 'too many');
  assert.deepEqual([decision.learnFeatures, decision.learnPending], [false, false]);
});

test('a tag counts its score but teaches no features', () => {
  const decision = overruleByLimit(clean, { ...exceeded, action: 'tag' }, 'enforce');
  assert.deepEqual(
    [decision.verdict, decision.effectiveAction, decision.learnFeatures, decision.learnPending],
    ['suspicious', 'tag', false, true],
  );
});

test('a mode caps what a ceiling may do', () => {
  assert.equal(overruleByLimit(clean, exceeded, 'shadow').effectiveAction, 'pass');
  assert.equal(overruleByLimit(clean, exceeded, 'tag').effectiveAction, 'tag');
});

test('a ceiling never makes milder what the score asked for, and both reasons stand', () => {
  const decision = overruleByLimit(held, exceeded, 'enforce');
  assert.equal(decision.action, 'quarantine');
  assert.ok(decision.reason.startsWith('too many; 20.0 bits for'));
  assert.equal(overruleByLimit(held, null, 'enforce'), held);
});
