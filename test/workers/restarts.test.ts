import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextStart, type Ending } from '../../src/workers/restarts.ts';

const early: Ending = { servedMs: null, isOrderly: false };

/** Pauses before each start, for a worker that always ends the same way; null is the end. */
function pauses(ending: Ending, times: number): readonly (number | null)[] {
  const found: (number | null)[] = [];
  for (let ends = 0, nth = 0; nth < times; nth++) {
    const next = nextStart(ends, ending);
    if (next.kind === 'give-up') return [...found, null];
    ends = next.earlyEnds;
    found.push(next.afterMs);
  }
  return found;
}

test('a worker that ends as soon as it has begun waits longer each time, and is given up', () => {
  const expected = [100, 200, 400, 800, 1600, 3200, 5000, null];
  assert.deepEqual(pauses(early, 20), expected);
  assert.deepEqual(pauses({ servedMs: 9999, isOrderly: false }, 20), expected);
});

test('one that served, or that somebody asked to end, is started again however often', () => {
  for (const ending of [
    { servedMs: 10_000, isOrderly: false },
    { servedMs: null, isOrderly: true },
  ])
    assert.deepEqual(pauses(ending, 20), Array<number>(20).fill(100));
});

test('what went well in between begins anew', () => {
  const next = nextStart(7, { servedMs: 60_000, isOrderly: false });
  assert.deepEqual(next, { kind: 'restart', afterMs: 100, earlyEnds: 0 });
});
