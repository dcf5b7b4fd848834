import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { budgetUsed, withBudgets } from '../../src/decision/budget.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { policy as shipped } from './samples.ts';

function chances(tag: number | null, held: number | null, perDay: number | null) {
  const policy: Policy = {
    ...shipped,
    tag: { ...shipped.tag, alertsPerDay: tag },
    quarantine: { ...shipped.quarantine, alertsPerDay: held },
  };
  const { tag: tagged, quarantine } = withBudgets(policy, () => perDay);
  return [tagged.budget, quarantine.budget];
}

test('a chance per message stays what it is, whatever the volume', () => {
  assert.deepEqual(chances(null, null, 1_000_000), [1e-3, 1e-4]);
});

test('alerts a day are chance times volume', () => {
  assert.deepEqual(chances(20, 5, 100_000), [2e-4, 5e-5]);
});

test('until a day has been counted the default chance holds', () => {
  assert.deepEqual(chances(20, 5, null), [1e-3, 1e-4]);
});

test('a handful of messages a day does not make everything suspicious', () => {
  assert.deepEqual(chances(20, 5, 3), [0.1, 0.1]);
});

test('holding is never more frequent than tagging, in whatever units', () => {
  const alerts = fc.option(fc.double({ min: 0.01, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(
      alerts,
      alerts,
      fc.option(fc.integer({ min: 1, max: 1e8 })),
      (tag, held, perDay) => {
        const [tagged = 0, quarantined = 0] = chances(tag, held, perDay);
        assert.ok(quarantined <= tagged && tagged <= 0.1 && quarantined > 0);
      },
    ),
  );
});

test('what is used of a budget', () => {
  const share = { ...shipped.tag, budget: 1e-3 };
  assert.equal(budgetUsed(3, share, 6000), 0.5);
  assert.equal(budgetUsed(3, share, 10), 3, 'on a quiet day one flag is the whole budget');
  assert.equal(budgetUsed(3, { ...share, alertsPerDay: 12 }, 10), 0.25);
});
