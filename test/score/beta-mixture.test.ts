import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { betaMixture, posteriorMean, type BetaComponent } from '../../src/score/beta-mixture.ts';

const component = fc.record({
  weight: fc.double({ min: 0.01, max: 10, noNaN: true }),
  a: fc.double({ min: 0.005, max: 50, noNaN: true }),
  b: fc.double({ min: 0.005, max: 500, noNaN: true }),
});
const counted = fc
  .tuple(fc.nat({ max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([trials, share]) => ({ trials, events: Math.floor(trials * share) }));

/** The same mean by the definition: ∫ p · p^x (1-p)^(n-x) prior(p) dp over the same without the p, midpoint rule. */
function meanByIntegral(components: readonly BetaComponent[], events: number, trials: number) {
  const steps = 200_000;
  const densities = components.map(({ weight, a, b }) => {
    let area = 0;
    let first = 0;
    for (let step = 0; step < steps; step++) {
      const p = (step + 0.5) / steps;
      const prior = p ** (a - 1) * (1 - p) ** (b - 1);
      area += prior;
      first += prior * p ** events * (1 - p) ** (trials - events);
    }
    let second = 0;
    for (let step = 0; step < steps; step++) {
      const p = (step + 0.5) / steps;
      second += p ** (a + events) * (1 - p) ** (b - 1 + trials - events);
    }
    return { likelihood: (weight * first) / area, moment: (weight * second) / area };
  });
  const sum = (pick: (density: (typeof densities)[number]) => number) =>
    densities.reduce((total, density) => total + pick(density), 0);
  return sum(({ moment }) => moment) / sum(({ likelihood }) => likelihood);
}

test('one component is the Beta mean', () => {
  fc.assert(
    fc.property(component, counted, (only, { events, trials }) => {
      const expected = (events + only.a) / (trials + only.a + only.b);
      const mean = posteriorMean(betaMixture([only]), events, trials);
      assert.ok(Math.abs(mean - expected) <= 1e-12 * expected);
    }),
  );
});

test('a component split in two is the same prior', () => {
  fc.assert(
    fc.property(component, counted, (only, { events, trials }) => {
      const expected = (events + only.a) / (trials + only.a + only.b);
      const mean = posteriorMean(betaMixture([only, only]), events, trials);
      assert.ok(Math.abs(mean - expected) <= 1e-9 * expected);
    }),
  );
});

test('the mean of a mixture is that of its posterior, integrated', () => {
  const components = [
    { weight: 3, a: 1.5, b: 80 },
    { weight: 1, a: 4, b: 9 },
  ];
  for (const [events, trials] of [
    [0, 0],
    [0, 12],
    [1, 12],
    [3, 20],
    [20, 60],
  ] as const) {
    const mean = posteriorMean(betaMixture(components), events, trials);
    const expected = meanByIntegral(components, events, trials);
    assert.ok(Math.abs(mean - expected) <= 1e-4 * expected, `${mean}, not ${expected}`);
  }
});

test('the mean is a rate between those of the components, whatever is counted', () => {
  fc.assert(
    fc.property(
      fc.array(component, { minLength: 1, maxLength: 4 }),
      counted,
      (components, { events, trials }) => {
        const mean = posteriorMean(betaMixture(components), events, trials);
        const means = components.map(({ a, b }) => (events + a) / (trials + a + b));
        assert.ok(mean >= Math.min(...means) * (1 - 1e-9), String(mean));
        assert.ok(mean <= Math.max(...means) * (1 + 1e-9), String(mean));
      },
    ),
  );
});

test('one more event never lowers the mean, one more message without never raises it', () => {
  fc.assert(
    fc.property(
      fc.array(component, { minLength: 1, maxLength: 4 }),
      counted,
      (components, { events, trials }) => {
        const mixture = betaMixture(components);
        const mean = posteriorMean(mixture, events, trials);
        assert.ok(posteriorMean(mixture, events + 1, trials + 1) >= mean * (1 - 1e-7));
        assert.ok(posteriorMean(mixture, events, trials + 1) <= mean * (1 + 1e-7));
      },
    ),
  );
});

test('silence proves an alias closed, where one Beta still doubts', () => {
  const kinds = betaMixture([
    { weight: 0.5, a: 0.02, b: 20 },
    { weight: 0.5, a: 2, b: 8 },
  ]);
  const one = betaMixture([{ weight: 1, a: 0.5, b: 15 }]);
  assert.ok(posteriorMean(kinds, 0, 3) > posteriorMean(one, 0, 3));
  assert.ok(posteriorMean(kinds, 0, 200) < posteriorMean(one, 0, 200) / 10);
  // A single event gives it away at once.
  assert.ok(posteriorMean(kinds, 1, 200) > 0.004);
});
