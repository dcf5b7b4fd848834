import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DayTraffic } from '../../src/baseline/ledger.ts';
import type { ValueRecord } from '../../src/baseline/value-record.ts';
import { redesignFactor, substitutionBits, substitutionOf } from '../../src/score/substitution.ts';

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
const series: readonly DayTraffic[] = Array.from({ length: 39 }, (_, i) => ({
  day: start + i,
  messages: 20,
}));
const recordOf = (firstDay: number, count: number): ValueRecord => ({
  firstDay,
  lastDay: today - 1,
  days: 5,
  recentDays: 31,
  domains: 1,
  recipients: 1,
  actors: 1,
  count,
});

test('the traffic since a value appeared is read off the days after the first', () => {
  const replaced = substitutionOf(recordOf(start + 33, 120), series, today);
  assert.deepEqual(replaced, { total: 100, established: 0, usual: 120 });
  const added = substitutionOf(recordOf(start + 33, 8), series, today);
  assert.deepEqual(added, { total: 100, established: 92, usual: 120 });
  assert.ok(substitutionBits(replaced) > 9 && substitutionBits(added) < -10);
});

test('a value of yesterday, and one of a young alias, say nothing yet', () => {
  assert.equal(substitutionOf(recordOf(today - 3, 60), series, today), null);
  assert.equal(substitutionOf(recordOf(start + 13, 60), series, today), null);
  assert.equal(substitutionOf(recordOf(start + 13, 60), [], today), null);
});
