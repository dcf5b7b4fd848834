import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causesSchema, causeTableFrom } from '../../src/config/causes-schema.ts';
import { findProblems } from '../../src/config/explain-issue.ts';
import { signalIds } from '../../src/features/signals.ts';
import { posteriorMean } from '../../src/score/beta-mixture.ts';

/** A valid `causes.yaml` in which every signal has the same prior but for `link`. */
function causesWith(link: unknown): unknown {
  return {
    signals: {
      ...Object.fromEntries(signalIds.map((signal) => [signal, { a: 1, b: 9, cold: 0.1 }])),
      link,
    },
    attack: [{ id: 'x', title: 'X', weight: 1, chances: { link: 0.9 } }],
    benign: [{ id: 'steady', title: 'S', prior: null, chances: {} }],
  };
}

function rateOf(link: unknown, events: number, trials: number): number {
  const { signals } = causeTableFrom(causesSchema.parse(causesWith(link)));
  return posteriorMean(signals.link.components, events, trials);
}

describe('the prior of a signal', () => {
  test('a and b are one component', () => {
    assert.equal(rateOf({ a: 0.5, b: 15, cold: 0.6 }, 2, 100), 2.5 / 115.5);
  });

  test('components are kinds of aliases, and their weights are shares', () => {
    const kinds = (open: number, closed: number) => ({
      components: [
        { weight: open, a: 2, b: 8 },
        { weight: closed, a: 0.1, b: 30 },
      ],
      cold: 0.6,
    });
    assert.ok(Math.abs(rateOf(kinds(1, 3), 0, 0) - (0.25 * 0.2 + (0.75 * 0.1) / 30.1)) < 1e-12);
    assert.ok(Math.abs(rateOf(kinds(1, 3), 1, 40) - rateOf(kinds(5, 15), 1, 40)) < 1e-12);
  });

  const broken = [
    { name: 'b alone', link: { b: 15, cold: 0.6 } },
    { name: 'nothing', link: { cold: 0.6 } },
    {
      name: 'both ways at once',
      link: { a: 1, b: 1, components: [{ weight: 1, a: 1, b: 1 }], cold: 0.6 },
    },
  ];
  for (const { name, link } of broken) {
    test(`${name} is refused, with what to write`, () => {
      const [problem, ...others] = findProblems(causesSchema, causesWith(link));
      assert.deepEqual(others, []);
      assert.deepEqual(problem?.path, ['signals', 'link']);
      assert.equal(problem.message, 'a prior is either `a` and `b`, or `components`');
      assert.match(problem.hint, /\{a: 0\.5, b: 15, cold: 0\.6\}/);
    });
  }

  test('a component without a weight is refused where it stands', () => {
    const link = { components: [{ a: 1, b: 1 }], cold: 0.6 };
    const [problem] = findProblems(causesSchema, causesWith(link));
    assert.deepEqual(problem?.path, ['signals', 'link', 'components', 0, 'weight']);
  });
});
