import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appraise, type ToAppraise } from '../../src/appraise.ts';
import type { Condition, Effect } from '../../src/conditions/condition.ts';
import type { Action } from '../../src/decision/policy.ts';
import { lookupsOf } from '../../src/score/known-values.ts';
import { featuresOf, receivedAt } from '../support/messages.ts';
import { shipped, smallCompiler, sourceOf } from './view-samples.ts';

const mail = { subject: 'Your refund', body: 'Hello.' };
const features = await featuresOf(mail);
const { content } = await sourceOf({ mail });
const zoom = shipped.aliases.find(({ id }) => id === 'zoom')!;

/** A message of an alias that never wrote before. */
const toAppraise: ToAppraise = {
  alias: zoom,
  purpose: null,
  recipients: [],
  at: receivedAt,
  features,
  observation: {
    records: lookupsOf(features).map(() => null),
    reach: null,
    signatureRecipients: 0,
    hourMessages: 1,
    traffic: {
      actorHourMessages: 0,
      actorHourRecipients: 0,
      actorIsNew: false,
      newActorsThisHour: 0,
    },
    dayMessages: { today: 1, yesterday: 0 },
    snapshot: { version: '', counters: {}, days: 0, firstDay: null, daily: [] },
  },
  organization: null,
  inherited: new Set(),
  approved: new Set(),
  content,
};

function condition(when: string, effect: Effect, changes: Partial<Condition> = {}): Condition {
  const compiled = smallCompiler.compile(when);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const { isTrueOf, readsMessage, steps } = compiled;
  const { viewOf } = smallCompiler;
  const facts = { id: 'a', name: 'A', description: '', aliases: [], forced: false, references: [] };
  return { ...facts, effect, isTrueOf, readsMessage, steps, viewOf, ...changes };
}

const bits = (amount: number): Effect => ({ kind: 'bits', bits: amount });
const asks = (action: Exclude<Action, 'pass'>): Effect => ({ kind: 'action', action });
const isRefund = 'message.subject.mentions(["refund"])';

function under(conditions: readonly Condition[], changes: Partial<ToAppraise> = {}) {
  const policy = { ...shipped.policy, mode: 'enforce' as const };
  return appraise({ ...toAppraise, ...changes }, { ...shipped, policy, conditions });
}

const without = under([]);

describe('bits of a condition', () => {
  test('are a term of the score, and the terms still add up to it', () => {
    const { score, decision } = under([condition(isRefund, bits(6))]);
    assert.equal(score.bits, without.score.bits + 6);
    const sum = score.terms.reduce((total, term) => total + term.bits, 0);
    assert.ok(Math.abs(sum - score.bits) < 1e-9);
    assert.deepEqual(
      score.terms.find(({ signal }) => signal === 'condition'),
      { signal: 'condition', bits: 6, observed: 'A', baseline: 'condition a' },
    );
    assert.deepEqual(decision.conditions, ['a']);
    assert.equal(score.terms.at(-1)?.signal, 'prior');
  });

  test('move the chance with the score, by the same history', () => {
    const more = under([condition(isRefund, bits(6))]).score.pValue;
    const less = under([condition(isRefund, bits(-6))]).score.pValue;
    assert.ok(more < without.score.pValue && less >= without.score.pValue);
  });

  test('can flag a message, whose explanation names the condition', () => {
    const { decision } = under([condition(isRefund, bits(20), { name: 'Refund lure' })]);
    assert.notEqual(decision.verdict, without.decision.verdict);
    assert.match(decision.reason, /Refund lure \(condition a\) \+20\.0/);
    assert.equal(decision.learnFeatures, false);
  });

  test('are not part of what is learned as the score', () => {
    assert.equal(under([condition(isRefund, bits(20))]).baseBits, without.score.bits);
  });

  test('of a condition that is not met change nothing', () => {
    const { score, decision } = under([condition('message.subject == "x"', bits(20))]);
    assert.deepEqual([score, decision], [without.score, without.decision]);
  });
});

describe('an action of a condition', () => {
  test('is done where the score asks for less, and is disputed mail', () => {
    const { decision } = under([condition(isRefund, asks('tag'))]);
    assert.deepEqual(
      [decision.action, decision.verdict, decision.learnFeatures],
      ['tag', 'suspicious', false],
    );
    assert.match(decision.reason, /^A \(condition a: tag\)/);
  });

  test('holds nothing that a score could not hold, unless it is forced', () => {
    const unknown = { alias: { ...zoom, pack: null } };
    const plain = under([condition(isRefund, asks('quarantine'))], unknown);
    const forced = under([condition(isRefund, asks('quarantine'), { forced: true })], unknown);
    assert.deepEqual([plain.decision.action, forced.decision.action], ['tag', 'quarantine']);
    assert.equal(forced.decision.verdict, 'anomalous');
  });

  test('does not keep a code from who needs it, unless it is forced', () => {
    const code = { purpose: 'otp' as const };
    const plain = under([condition(isRefund, asks('reject'))], code);
    const forced = under([condition(isRefund, asks('reject'), { forced: true })], code);
    assert.deepEqual([plain.decision.action, forced.decision.action], ['tag', 'reject']);
  });

  test('of several is the gravest one, and all are named', () => {
    const { decision } = under([
      condition(isRefund, asks('tag'), { id: 'one' }),
      condition(isRefund, asks('reject'), { id: 'two' }),
      condition(isRefund, asks('defer'), { id: 'three' }),
    ]);
    assert.equal(decision.action, 'reject');
    assert.deepEqual(decision.conditions, ['one', 'two', 'three']);
  });

  test('is bounded by the mode', () => {
    const policy = { ...shipped.policy, mode: 'tag' as const };
    const conditions = [condition(isRefund, asks('reject'), { forced: true })];
    const { decision } = appraise(toAppraise, { ...shipped, policy, conditions });
    assert.deepEqual([decision.action, decision.effectiveAction], ['reject', 'tag']);
  });
});

describe('a condition', () => {
  test('is asked only of its aliases, by id or vendor', () => {
    const asked = (aliases: readonly string[]) =>
      under([condition(isRefund, bits(1), { aliases })]).decision.conditions;
    assert.deepEqual([asked(['zoom']), asked(['docusign'])], [['a'], []]);
  });

  test('builds no view where nobody is asked', () => {
    const viewOf = () => assert.fail('a view was built');
    under([condition(isRefund, bits(1), { aliases: ['docusign'], viewOf })]);
  });

  test('that asks for what is not there is not met, and says so', () => {
    const { conditions, decision } = under([
      condition('message.links[7].domain == "x.example"', bits(5)),
      condition(isRefund, bits(1), { id: 'b' }),
    ]);
    assert.deepEqual(decision.conditions, ['b']);
    assert.equal(conditions.failed[0]?.condition, 'a');
    assert.equal(conditions.failed[0].error, 'index out of bounds');
  });

  test('that reads the message is not asked where only features were kept', () => {
    const { conditions, decision } = under(
      [condition(isRefund, bits(5)), condition('recipients.count == 1', bits(1), { id: 'b' })],
      { content: null },
    );
    assert.deepEqual([conditions.skipped, decision.conditions], [['a'], ['b']]);
  });
});
