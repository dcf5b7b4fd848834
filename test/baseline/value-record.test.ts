import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  forgetDay,
  maturedDays,
  sketchBit,
  sketchOf,
  sketchSize,
  touchRecord,
  type ValueRecord,
} from '../../src/baseline/value-record.ts';

const touch = {
  table: 'domain',
  value: 'a.example',
  domains: 1,
  recipients: 2,
  actors: 0x8000_0000,
};

function learnedOn(days: readonly number[]): ValueRecord | null {
  return days.reduce<ValueRecord | null>((record, day) => touchRecord(record, touch, day), null);
}

const withinAMonth = fc.array(fc.integer({ min: 1000, max: 1031 }), {
  minLength: 1,
  maxLength: 40,
});

test('a record knows its days, in whatever order they came', () => {
  fc.assert(
    fc.property(withinAMonth, (days) => {
      const distinct = new Set(days);
      const recentDays = [...distinct].reduce(
        (mask, day) => (mask | (1 << (Math.max(...days) - day))) >>> 0,
        0,
      );
      assert.deepEqual(learnedOn(days), {
        firstDay: Math.min(...days),
        lastDay: Math.max(...days),
        days: distinct.size,
        recentDays,
        domains: 1,
        recipients: 2,
        actors: 0x8000_0000,
        count: days.length,
      });
    }),
  );
});

test('a day that is forgotten is as if it had not been learned, but for masks and count', () => {
  fc.assert(
    fc.property(withinAMonth, (days) => {
      const [forgotten = 0] = days;
      const before = learnedOn(days)!;
      const rest = learnedOn(days.filter((day) => day !== forgotten));
      assert.deepEqual(
        forgetDay(before, forgotten),
        rest === null ? null : { ...rest, count: before.count },
      );
      assert.equal(forgetDay(before, forgotten + 100), before, 'a day not learned changes nothing');
    }),
  );
});

test('forgetting the newest day of a value learned long before leaves its first day', () => {
  const rest = forgetDay(learnedOn([1000, 1040])!, 1040);
  assert.deepEqual(
    [rest?.firstDay, rest?.lastDay, rest?.days, rest?.recentDays],
    [1000, 1000, 1, 1],
  );
});

test('days count once they have matured', () => {
  const record = learnedOn([1000, 1004, 1005, 1006])!;
  assert.deepEqual(
    [1006, 1007, 1008, 1050].map((today) => maturedDays(record, today)),
    [2, 3, 4, 4],
  );
});

test('a sketch estimates its members', () => {
  assert.equal(sketchSize(0), 0);
  assert.equal(sketchSize(sketchBit('one')), 1);
  assert.equal(sketchSize(0xffff_ffff), 111);
  for (const size of [2, 5, 10, 20]) {
    const estimates = Array.from({ length: 50 }, (_, run) =>
      sketchSize(sketchOf(Array.from({ length: size }, (_, i) => `${run} hash ${i}`))),
    );
    const mean = estimates.reduce((sum, estimate) => sum + estimate, 0) / estimates.length;
    assert.ok(Math.abs(mean - size) < size * 0.2, `${size} members are estimated at ${mean}`);
  }
});
