import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ablations } from '../../../src/commands/evaluate/ablations.ts';
import {
  steadyOnly,
  uncrossedBits,
  withoutSignals,
} from '../../../src/commands/evaluate/cause-tables.ts';
import { loadRules } from '../../../src/config/load-rules.ts';
import { signalIds } from '../../../src/features/signals.ts';
import { compareCauses } from '../../../src/score/likelihood.ts';
import type { SignalReading } from '../../../src/score/readings.ts';
import { activate } from '../../../src/activate-rules.ts';

const loading = await loadRules('rules');
if (!loading.ok) assert.fail('the shipped rules cannot be used');
const rules = activate(loading.rules, { mode: null });
const { causes } = rules;

const readings = (...shown: readonly string[]): readonly SignalReading[] =>
  signalIds.map((signal) => ({
    signal,
    level: shown.includes(signal) ? 1 : 0,
    rate: 0.001,
    isInnovation: false,
    observed: '',
    baseline: '',
  }));
const bits = (table: typeof causes, shown: readonly SignalReading[]) =>
  compareCauses(shown, table).bits;

test('a signal that was dropped neither incriminates nor exonerates', () => {
  const without = withoutSignals(causes, new Set(['reply-to']));
  const difference = bits(without, readings('reply-to')) - bits(without, readings());
  assert.ok(Math.abs(difference) < 1e-9);
  assert.ok(bits(causes, readings('reply-to')) - bits(causes, readings()) > 5);
});

test('every signal is taken out by exactly one family', () => {
  const named = (table: typeof causes) =>
    new Set([...table.attack, ...table.benign].flatMap(({ chances }) => Object.keys(chances)));
  const dropped = ablations
    .filter(({ id, rules: change }) => change && id !== 'no-benign-causes')
    .flatMap(({ rules: change }) => {
      const kept = named(change?.(rules).causes ?? causes);
      return [...named(causes)].filter((signal) => !kept.has(signal));
    });
  assert.deepEqual(dropped.sort(), [...named(causes)].sort());
});

test('without crossing, a redesign masks the lure that comes with it', () => {
  const redesign = readings('layout', 'path-shape');
  const lured = readings('layout', 'path-shape', 'display-name-class', 'display-name');
  assert.ok(uncrossedBits(lured, causes) < bits(causes, lured) - 1);
  assert.ok(bits(causes, lured) > bits(causes, redesign) + 5);
});

test('without crossing and without benign causes nothing is left to cross', () => {
  const steady = steadyOnly(causes);
  for (const shown of [readings(), readings('phone', 'subject-class'), readings('link')])
    assert.ok(Math.abs(uncrossedBits(shown, steady) - bits(steady, shown)) < 1e-6);
});
