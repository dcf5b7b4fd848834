import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Tally } from '../../src/score/beta-binomial-grid.ts';
import { betaMixture, posteriorMean } from '../../src/score/beta-mixture.ts';
import { fitPrior } from '../../src/score/fit-prior.ts';
import { aliasesOf, randomFrom } from './simulated-aliases.ts';

describe('fitting a prior to aliases', () => {
  test('finds out that aliases are of two kinds, and what that means for the next one', () => {
    const kinds = [
      { weight: 0.6, a: 0.3, b: 150 },
      { weight: 0.4, a: 6, b: 9 },
    ] as const;
    const truth = betaMixture(kinds);
    // Chance samples: a fit that is right on average is off by more now and then.
    let off = 0;
    for (let seeded = 1; seeded <= 40; seeded++) {
      const random = randomFrom(seeded);
      const [closed, open] = kinds.map(({ weight, a, b }) =>
        aliasesOf(random, { count: 100 * weight, trials: 150, a, b }),
      );
      const { components = [] } = fitPrior([...(closed ?? []), ...(open ?? [])]) ?? {};
      assert.equal(components.length, 2);
      assert.ok(Math.abs((components[0]?.weight ?? 0) - 0.6) < 0.08);
      for (const [events, trials] of [
        [0, 0],
        [0, 20],
        [0, 150],
        [1, 20],
        [40, 150],
      ] as const) {
        const bits = Math.log2(
          posteriorMean(betaMixture(components), events, trials) /
            posteriorMean(truth, events, trials),
        );
        if (Math.abs(bits) >= 1.6) off++;
        assert.ok(Math.abs(bits) < 3, `${bits.toFixed(1)} bits off at ${events}/${trials}`);
      }
    }
    assert.ok(off <= 4, `${off} of 200 rates are 1.6 bits off and more`);
  });

  test('keeps to one kind where there is one', () => {
    let pairs = 0;
    for (let seeded = 1; seeded <= 40; seeded++) {
      const aliases = aliasesOf(randomFrom(seeded), { count: 60, trials: 100, a: 2, b: 18 });
      const { components = [] } = fitPrior(aliases) ?? {};
      if (components.length > 1) pairs++;
      const mean = posteriorMean(betaMixture(components), 0, 0);
      assert.ok(Math.abs(mean - 0.1) < 0.04, String(mean));
    }
    assert.ok(pairs <= 2, `${pairs} of 40 fits see two kinds`);
  });

  test('fewer than eight aliases do not change what ships', () => {
    const seven = aliasesOf(randomFrom(1), { count: 7, trials: 200, a: 1, b: 9 });
    assert.equal(fitPrior(seven), null);
    assert.equal(fitPrior([...seven, { events: 0, trials: 0 }]), null);
    assert.notEqual(fitPrior([...seven, { events: 0, trials: 1 }]), null);
  });

  test('an alias counts for at most 300 messages', () => {
    const quiet = Array.from({ length: 10 }, () => ({ events: 0, trials: 40 }));
    const busy = { events: 30_000, trials: 100_000 };
    assert.deepEqual(fitPrior([...quiet, busy]), fitPrior([...quiet, { events: 90, trials: 300 }]));
  });

  test('silence is worth no more than the messages that were silent', () => {
    const silent = Array.from({ length: 12 }, () => ({ events: 0, trials: 25 }));
    const { components = [] } = fitPrior(silent) ?? {};
    for (const { a, b } of components) assert.ok(a / (a + b) >= 1 / 300);
  });

  test('any tallies give a usable prior, the same in any order', () => {
    const tally = fc
      .tuple(fc.nat({ max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([trials, share]): Tally => ({ trials, events: Math.round(trials * share) }));
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 60 }), (tallies) => {
        const fitted = fitPrior(tallies);
        if (fitted === null) return;
        const prior = betaMixture(fitted.components);
        for (const { events, trials } of [{ events: 0, trials: 0 }, ...tallies]) {
          const rate = posteriorMean(prior, events, trials);
          assert.ok(rate > 0 && rate < 1, String(rate));
        }
        for (const { a, b, weight } of fitted.components)
          assert.ok(a >= 0.005 && b <= 200 && weight > 0 && weight <= 1);
        assert.deepEqual(fitPrior(tallies.toReversed()), fitted);
      }),
      { numRuns: 60 },
    );
  });
});
