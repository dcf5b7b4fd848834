import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextDigest } from '../../src/notices/digest-time.ts';

const at = (hour: number, minute = 0) => new Date(2026, 2, 5, hour, minute);

test('daily, at the hour', () => {
  const times = { digestHour: 7, digestEveryHours: 24 };
  assert.deepEqual(nextDigest(at(6, 59), times), at(7));
  assert.deepEqual(nextDigest(at(7), times), new Date(2026, 2, 6, 7));
});

test('every eight hours from there, through the night', () => {
  const times = { digestHour: 7, digestEveryHours: 8 };
  assert.deepEqual(nextDigest(at(7, 1), times), at(15));
  assert.deepEqual(nextDigest(at(16), times), at(23));
  assert.deepEqual(nextDigest(at(3), times), at(7));
  assert.deepEqual(nextDigest(at(23, 30), times), new Date(2026, 2, 6, 7));
});

test('always ahead, never further than the pause, and soon after itself again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 24 }),
      fc.date({ min: new Date(2026, 0, 1), max: new Date(2027, 0, 1), noInvalidDate: true }),
      (digestHour, digestEveryHours, now) => {
        const times = { digestHour, digestEveryHours };
        const first = nextDigest(now, times);
        assert.ok(first > now);
        // An hour more on the day that summer time ends.
        assert.ok(first.getTime() - now.getTime() <= (digestEveryHours + 1) * 3_600_000);
        assert.ok(nextDigest(first, times) > first);
      },
    ),
  );
});
