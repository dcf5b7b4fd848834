import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { median, mediansOf, percentile, ratioOf, type Figures } from './figures.ts';

const turn = (perSecond: number, cpuMs: number | null): Figures => ({
  ...{ perSecond, cpuMs, p50Ms: perSecond, p99Ms: 2 * perSecond, peakBytes: 1 },
});

void test('a ratio is taken within each round, and the median of the rounds counts', () => {
  const samples = new Map([
    ['ours', [turn(10, 2), turn(90, 4), turn(30, 12)]],
    ['theirs', [turn(10, 1), turn(30, 4), turn(10, 2)]],
  ]);
  equal(
    ratioOf(samples, ['ours', 'theirs'], ({ cpuMs }) => cpuMs),
    2,
  );
  equal(
    ratioOf(samples, ['ours', 'theirs'], ({ perSecond }) => perSecond),
    3,
  );
});

void test('a ratio to what was not run, or not measured, is null', () => {
  const samples = new Map([
    ['ours', [turn(10, 2)]],
    ['sink', [turn(10, null)]],
  ]);
  equal(
    ratioOf(samples, ['ours', 'Haraka'], ({ perSecond }) => perSecond),
    null,
  );
  equal(
    ratioOf(samples, ['ours', 'sink'], ({ cpuMs }) => cpuMs),
    null,
  );
});

void test('medians, of an even number too, and percentiles', () => {
  deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]);
  deepEqual(mediansOf(new Map([['ours', [turn(1, null), turn(3, 5), turn(2, 5)]]])), {
    ours: { perSecond: 2, cpuMs: null, p50Ms: 2, p99Ms: 4, peakBytes: 1 },
  });
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  deepEqual(
    [percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([], 0.5)],
    [50, 99, 0],
  );
});
