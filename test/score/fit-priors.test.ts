import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { counterNames, historyOf } from '../../src/baseline/history.ts';
import { buildSnapshot, type Counters } from '../../src/baseline/ledger.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { signalIds, type SignalId } from '../../src/features/signals.ts';
import { betaMixture, posteriorMean } from '../../src/score/beta-mixture.ts';
import type { SignalPrior } from '../../src/score/causes.ts';
import { fitSignal, pooledPriors, talliesOf } from '../../src/score/fit-priors.ts';

const shipped = Object.fromEntries(
  signalIds.map((signal): [SignalId, SignalPrior] => [
    signal,
    {
      components: betaMixture([{ weight: 1, a: 0.5, b: 20 }]),
      cold: 0.2,
      coldBy: { emoji: 0.1 },
    },
  ]),
) as Record<SignalId, SignalPrior>;

function alias(counters: Counters) {
  return talliesOf(
    historyOf(buildSnapshot(new Map([[20_000, counters]]), 20_010, 180, 0, new Map())),
  );
}

/** Every signal of content in half of the messages, the first ones and the later ones. */
const restless = alias({
  [counterNames.messages]: 110,
  [counterNames.trials('content')]: 100,
  [counterNames.firstAsked('content')]: 10,
  ...Object.fromEntries(
    signalIds.flatMap((signal) => [
      [counterNames.innovations(signal), 50],
      [counterNames.firstShown(signal), 5],
    ]),
  ),
});

function pooled(aliases: number) {
  const tallies = Array.from({ length: aliases }, () => restless);
  const priors = pooledPriors(
    shipped,
    signalIds.map((signal) => fitSignal(signal, tallies)),
  );
  return (signal: SignalId) => ({
    rate: posteriorMean(priors[signal].components, 0, 0),
    cold: priors[signal].cold,
    coldBy: priors[signal].coldBy,
  });
}

const before = { rate: 0.5 / 20.5, cold: 0.2, coldBy: { emoji: 0.1 } };

describe('priors of a site', () => {
  test('a site of few aliases keeps what ships', () => {
    assert.deepEqual(pooled(7)('link'), before);
  });

  test('the more aliases, the more they count', () => {
    const [few, many] = [pooled(8)('link'), pooled(80)('link')];
    assert.ok(few.rate > 0.2 && few.rate < 0.3, String(few.rate));
    assert.ok(many.rate > 0.4 && many.rate < 0.5, String(many.rate));
    assert.ok(Math.abs(few.cold - 0.35) < 1e-9 && many.cold > few.cold);
    // What is rare among the things a signal stands for stays rare among them.
    assert.ok(Math.abs((few.coldBy['emoji'] ?? 0) - few.cold / 2) < 1e-9);
  });

  for (const signal of ['phone', 'wallet', 'reply-to'] as const) {
    test(`${signal}: no mail of any alias makes it ordinary on the others`, () => {
      assert.deepEqual(pooled(80)(signal), before);
    });
  }

  test('what nobody was asked stays as it ships', () => {
    assert.deepEqual(pooled(80)('network'), before);
  });

  test('the shipped rules can be pooled, and give rates for everything', async () => {
    const loading = await loadRules('rules');
    assert.ok(loading.ok);
    const tallies = Array.from({ length: 20 }, () => restless);
    const fits = signalIds.map((signal) => fitSignal(signal, tallies));
    const priors = pooledPriors(loading.rules.causes.signals, fits);
    for (const signal of signalIds) {
      const { components, cold, coldBy } = priors[signal];
      for (const rate of [cold, posteriorMean(components, 0, 100), ...Object.values(coldBy)])
        assert.ok(rate !== undefined && rate > 0 && rate < 1, `${signal}: ${rate}`);
    }
  });
});
