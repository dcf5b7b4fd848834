import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from '../../../src/commands/evaluate/bootstrap.ts';

test('copies within a campaign do not narrow the interval, more campaigns do', () => {
  const width = ([low, high]: readonly [number, number]) => high - low;
  const campaigns = (count: number, copies: number) =>
    Array.from({ length: count }, (_, index) => ({
      trials: copies,
      events: index % 2 === 0 ? copies : 0,
    }));
  const few = width(bootstrapInterval(campaigns(10, 1)));
  assert.ok(Math.abs(width(bootstrapInterval(campaigns(10, 50))) - few) < 0.01);
  assert.ok(width(bootstrapInterval(campaigns(200, 1))) < few / 2);
});

test('nothing found in few campaigns leaves room for doubt', () => {
  const [low, high] = bootstrapInterval([
    { events: 0, trials: 90 },
    { events: 0, trials: 2 },
  ]);
  assert.equal(low, 0);
  assert.ok(high > 0.5);
});

test('the interval is the same in every run', () => {
  const clusters = [
    { events: 1, trials: 4 },
    { events: 0, trials: 2 },
    { events: 3, trials: 3 },
  ];
  assert.deepEqual(bootstrapInterval(clusters), bootstrapInterval(clusters));
});
