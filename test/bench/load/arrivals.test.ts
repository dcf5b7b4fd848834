import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { arrivalsMs } from './arrivals.ts';

void test('even arrivals keep a clock', () => {
  deepEqual(arrivalsMs('even', { count: 3, perSecond: 4 }), [250, 500, 750]);
});

void test('Poisson arrivals come at the rate on average, in bursts, and the same every time', () => {
  const load = { count: 10_000, perSecond: 100 };
  const arrivals = arrivalsMs('poisson', load);
  const seconds = (arrivals.at(-1) ?? 0) / 1000;
  ok(seconds > 97 && seconds < 103, `${seconds}`);
  const gaps = arrivals.map((at, index) => at - (arrivals[index - 1] ?? 0));
  // An exponential distribution is longer than its mean of 10 ms with probability 1/e.
  const longer = gaps.filter((gap) => gap > 10).length / gaps.length;
  ok(Math.abs(longer - Math.exp(-1)) < 0.02, `${longer}`);
  deepEqual(arrivalsMs('poisson', load), arrivals);
});
