import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideUnwatched } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { overruleByCap } from '../../src/decision/overrule.ts';

const held: Decision = {
  ...decideUnwatched(),
  verdict: 'anomalous',
  action: 'quarantine',
  effectiveAction: 'quarantine',
  reason: 'a new phone number',
  learnFeatures: true,
  learnPending: true,
};
const why = 'only tagged, since 7 messages were held within the hour (quarantine.maxHeldPerHour)';

test('past the bound a message is tagged, says why, and teaches nothing; what the rules want stays', () => {
  assert.deepEqual(overruleByCap(held, 7), {
    ...held,
    effectiveAction: 'tag',
    reason: `a new phone number; ${why}`,
    learnFeatures: false,
    learnPending: false,
  });
});

test('where nothing was said yet, the bound alone is the reason', () => {
  assert.equal(overruleByCap({ ...held, reason: '' }, 7).reason, why);
});

test('what goes to its recipients already is no graver for it', () => {
  const milder = ['pass', 'tag'] as const;
  assert.deepEqual(
    milder.map((effectiveAction) => overruleByCap({ ...held, effectiveAction }, 7).effectiveAction),
    milder,
  );
});
