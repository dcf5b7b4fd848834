import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DayTraffic } from '../../src/baseline/ledger.ts';
import { rampOf } from '../../src/score/ramp.ts';

const start = 20_000;

function seriesOf(counts: readonly number[]): readonly DayTraffic[] {
  return counts.flatMap((messages, i) => (messages > 0 ? [{ day: start + i, messages }] : []));
}

/** What the last day sees, of the series of 60 days that a store gives. */
function rampAfter(counts: readonly number[]) {
  return rampOf(seriesOf(counts).slice(-60), start + counts.length - 1);
}

const steady = (days: number, rate = 20) =>
  Array.from({ length: days }, (_, i) => rate + ((i * 7) % 5) - 2);

test('twice the usual mail is a ramp after days, said with its factor', () => {
  const doubled = (days: number) => rampAfter([...steady(40), ...steady(days, 40)]);
  assert.ok(doubled(1).bits < 10);
  const { bits, days, times } = doubled(7);
  assert.ok(bits >= 10, `${bits} bits`);
  assert.equal(days, 7);
  assert.ok(Math.abs(times - 2) < 0.1, `${times} times`);
});

test('10 % more every day is seen before a month is over', () => {
  const ramp = Array.from({ length: 28 }, (_, i) => Math.round(20 * 1.1 ** i));
  const seen = ramp.findIndex(
    (_, days) => rampAfter([...steady(40), ...ramp.slice(0, days + 1)]).bits >= 10,
  );
  assert.ok(seen > 0 && seen < 21, `day ${seen}`);
});

test('an alias that grows five-fold within a year never ramps', () => {
  const year = Array.from({ length: 365 }, (_, i) =>
    Math.round((40 + ((i * 7) % 5)) * 5 ** (i / 365)),
  );
  for (let days = 30; days < year.length; days++)
    assert.equal(rampAfter(year.slice(0, days)).bits, 0, `day ${days}`);
});

test('an alias that writes on Mondays only, and one that writes in batches, never ramp', () => {
  const mondays = Array.from({ length: 100 }, (_, i) => (i % 7 === 0 ? 30 + (i % 3) : 0));
  const batches = Array.from({ length: 100 }, (_, i) => ((i * i) % 11 === 1 ? 40 : i % 4));
  for (const counts of [mondays, batches])
    for (let days = 30; days < counts.length; days++)
      assert.ok(rampAfter(counts.slice(0, days)).bits < 10, `day ${days}`);
});

test('one busy day is no ramp, and it is over when mail is as usual again', () => {
  assert.ok(rampAfter([...steady(40), 2000]).bits < 10);
  assert.ok(rampAfter([...steady(40), 100, 100]).bits < 10);
  assert.equal(rampAfter([...steady(40), 2000, ...steady(20)]).bits, 0);
});

test('what is young says nothing', () => {
  assert.equal(rampAfter([...steady(20), 500]).bits, 0);
  assert.deepEqual(rampOf([], start), { bits: 0, days: 0, times: 0 });
});

test('any series gives 0 to 30 bits over days that it has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1e6 }), { maxLength: 60 }), (counts) => {
      const { bits, days, times } = rampAfter(counts);
      assert.ok(bits >= 0 && bits <= 30);
      assert.ok(days <= counts.length && Number.isFinite(times) && times >= 0);
    }),
  );
});
