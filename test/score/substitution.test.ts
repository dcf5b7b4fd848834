import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DayTraffic } from '../../src/baseline/ledger.ts';
import {
  redesignFactor,
  substitutionBits,
  substitutionOf,
  trafficByDay,
} from '../../src/score/substitution.ts';

const worked = [
  { name: 'a full redesign', total: 200, established: 0, bits: 39 },
  { name: 'a redesign of 95 %', total: 200, established: 10, bits: 37 },
  { name: 'a staged rollout of 5 %', total: 200, established: 190, bits: -384 },
  { name: 'an attack of 120 on top', total: 320, established: 200, bits: -402 },
];
for (const { name, bits, ...traffic } of worked) {
  test(`${name} of 200 messages: ${bits} bits`, () => {
    const found = substitutionBits({ ...traffic, usual: 200 });
    assert.ok(Math.abs(found - bits) <= 15 && Math.sign(found) === Math.sign(bits), String(found));
    if (bits > 0) assert.equal(Math.round(found), bits);
  });
}

test('who only adds mail never gets the excuse of a redesign', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 2000 }),
      fc.integer({ min: 1, max: 5000 }),
      (usual, added) => {
        assert.ok(substitutionBits({ total: usual + added, established: usual, usual }) < 0);
      },
    ),
  );
});

test('the factor stays between 2^-10 and 2^9', () => {
  assert.deepEqual([-400, -10, 0, 5, 400].map(redesignFactor), [2 ** -10, 2 ** -10, 1, 32, 512]);
});

const start = 20_000;
const today = start + 40;
const series: readonly DayTraffic[] = Array.from({ length: 40 }, (_, i) => ({
  day: start + i,
  messages: 20,
}));
const morning = { day: today, messages: 10, share: 0.5 };
const since = (firstDay: number, count: number) =>
  substitutionOf({ firstDay, count }, trafficByDay(series, morning));

test('the traffic since a value appeared is read off the days after the first, today so far among them', () => {
  // 6 whole days and half of today; at most 20 messages of the first day carried the value.
  const replaced = since(start + 33, 150);
  assert.deepEqual(replaced, { total: 130, established: 0, usual: 130 });
  const added = since(start + 33, 28);
  assert.deepEqual(added, { total: 130, established: 122, usual: 130 });
  assert.ok(substitutionBits(replaced) > 9 && substitutionBits(added) < -10);
});

test('a replacement of yesterday is known today', () => {
  const replaced = since(today - 1, 30);
  assert.deepEqual(replaced, { total: 10, established: 0, usual: 10 });
  assert.ok(substitutionBits(replaced) > 4);
});

test('a flood on its first day is no excuse for what follows', () => {
  const flooded = series.map((each) =>
    each.day === today - 1 ? { ...each, messages: 520 } : each,
  );
  const after = substitutionOf({ firstDay: today - 1, count: 500 }, trafficByDay(flooded, morning));
  assert.deepEqual(after, { total: 10, established: 10, usual: 10 });
});

test('a quiet Sunday is not the end of the old', () => {
  const weekdays = series.filter(({ day }) => day % 7 < 5);
  const sunday = series.findLast(({ day }) => day % 7 === 6)?.day ?? NaN;
  const known = weekdays.filter(({ day }) => day < sunday);
  const found = substitutionOf(
    { firstDay: sunday - 2, count: 23 },
    trafficByDay(
      [...known.filter(({ day }) => day < sunday - 2), { day: sunday - 2, messages: 21 }],
      { day: sunday, messages: 3, share: 0.5 },
    ),
  );
  assert.equal(found, null);
});

test('a value of today, and one of a young alias, say nothing yet', () => {
  assert.equal(since(today, 60), null);
  assert.equal(since(start + 13, 60), null);
  const nothing = trafficByDay([], morning);
  assert.equal(substitutionOf({ firstDay: start + 13, count: 60 }, nothing), null);
});
