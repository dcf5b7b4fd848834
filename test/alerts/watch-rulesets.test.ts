import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchRulesets } from '../../src/alerts/watch-rulesets.ts';

const inFlightMs = 5000;

function watched() {
  const told: string[] = [];
  const rulesets = watchRulesets({
    breakerOpened: ({ ruleset }) => void told.push(`opened ${ruleset}`),
    breakerClosed: (cause) => void told.push(`closed ${cause}`),
  });
  const hold = (ruleset: string, key: string) =>
    rulesets.note(
      {
        ...{ ruleset, atMs: 0 },
        compared: {
          previous: 'before',
          only: { ruleset, isHeldOnly: true, isGraverOnly: true },
          keys: [key],
          isHeld: true,
          gate: { maxNewlyHeldShare: 0.002, maxNewlyTaggedShare: 0.01 },
        },
      },
      { enabled: true },
    );
  const isOpenFor = (ruleset: string) =>
    rulesets.note({ ruleset, atMs: 0, compared: null }, { enabled: true }) !== null;
  const follow = (ruleset: string, atMs: number) =>
    rulesets.follow([ruleset], { atMs, inFlightMs });
  return { rulesets, told, hold, isOpenFor, follow };
}

test('what has opened for a set stays open for its messages on their way, and nobody is told of it', () => {
  const { rulesets, told, hold, isOpenFor, follow } = watched();
  follow('new', 0);
  for (const key of ['a', 'b', 'c']) hold('new', key);
  assert.ok(isOpenFor('new'));
  follow('newer', 1000);
  assert.ok(isOpenFor('new'));
  assert.ok(!isOpenFor('newer'));
  assert.deepEqual(rulesets.watches(), []);
  assert.deepEqual(told, ['opened new', 'closed ruleset']);
  follow('newest', 1000 + inFlightMs + 1);
  assert.ok(!isOpenFor('new'), 'no message takes as long');
});

test('it opens for them after the change as well', () => {
  const { rulesets, told, hold, isOpenFor, follow } = watched();
  follow('new', 0);
  follow('newer', 1000);
  for (const key of ['a', 'b', 'c']) hold('new', key);
  assert.ok(isOpenFor('new'));
  assert.ok(!isOpenFor('newer'));
  assert.deepEqual([rulesets.watches(), told], [[], []]);
});

test('a set that is in force again is watched anew', () => {
  const { rulesets, hold, isOpenFor, follow } = watched();
  follow('new', 0);
  for (const key of ['a', 'b', 'c']) hold('new', key);
  follow('old', 1000);
  follow('new', 2000);
  assert.ok(!isOpenFor('new'));
  hold('new', 'a');
  assert.deepEqual(
    rulesets.watches().map(({ ruleset, judged }) => [ruleset, judged]),
    [['new', 1]],
  );
});
