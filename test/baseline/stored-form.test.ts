import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  countCodes,
  decodeRecord,
  encodeRecord,
  epochOf,
  mergeCodes,
  recipientCodes,
  slidingHour,
  storedValue,
} from '../../src/baseline/stored-form.ts';

const mask = fc.integer({ min: 0, max: 0xffff_ffff });
const day = fc.integer({ min: 0, max: 0xffff });
const count = fc.integer({ min: 1, max: 0xffff_ff });
const record = fc.record(
  {
    firstDay: day,
    lastDay: day,
    days: fc.integer({ min: 1, max: 999 }),
    recentDays: mask,
    domains: mask,
    recipients: mask,
    actors: mask,
    count,
  },
  { noNullPrototype: true },
);

test('a record reads as it was written, and fits a listpack entry', () => {
  fc.assert(
    fc.property(record, (each) => {
      assert.deepEqual(decodeRecord(encodeRecord(each)), each);
      assert.ok(encodeRecord(each).length <= 64);
    }),
  );
});

test('a value up to 64 bytes is stored as it is, a longer one within them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
      const stored = storedValue(value);
      assert.ok(Buffer.byteLength(stored) <= 64);
      assert.ok(stored.isWellFormed());
      if (Buffer.byteLength(value) <= 64) assert.equal(stored, value);
      else assert.ok(value.startsWith(stored.slice(0, stored.indexOf('…'))));
    }),
  );
});

test('recipient codes are a set of at most 32, two characters each', () => {
  assert.equal(recipientCodes([]), '');
  assert.match(recipientCodes(['a']), /^[\w-]{2}$/);
  assert.equal(recipientCodes(['a', 'a', 'a']), recipientCodes(['a']));
  assert.equal(
    countCodes(recipientCodes(Array.from({ length: 20 }, (_, i) => `recipient ${i}`))),
    20,
  );
  assert.equal(
    countCodes(recipientCodes(Array.from({ length: 500 }, (_, i) => `recipient ${i}`))),
    32,
  );
});

test('12 bits tell recipients apart', () => {
  const codes = new Set(Array.from({ length: 2000 }, (_, i) => recipientCodes([`hash${i}`])));
  // 2,000 balls in 4,096 boxes fill 4096 (1 - e^(-2000/4096)) = 1,582 on average.
  assert.ok(codes.size > 1480, `${codes.size} codes`);
});

const unions = [
  { left: '', right: '', union: '' },
  { left: 'abcd', right: 'cdef', union: 'abcdef' },
  { left: 'abcd', right: 'bcda', union: 'abcdbcda' },
];
for (const { left, right, union } of unions) {
  test(`the union of "${left}" and "${right}" is "${union}"`, () =>
    assert.equal(mergeCodes(left, right), union));
}

test('an epoch is four days', () => {
  assert.deepEqual([0, 3, 4, 7, 8].map(epochOf), [0, 0, 1, 1, 2]);
});

const hours = [
  { minute: 0, thisHour: 1, previousHour: 100, expected: 101 },
  { minute: 15, thisHour: 1, previousHour: 100, expected: 76 },
  { minute: 59, thisHour: 7, previousHour: 0, expected: 7 },
];
for (const { minute, thisHour, previousHour, expected } of hours) {
  test(`minute ${minute}: ${thisHour} now and ${previousHour} the hour before make ${expected}`, () => {
    const at = new Date(Date.UTC(2026, 0, 1, 10, minute));
    assert.equal(slidingHour(thisHour, previousHour, at), expected);
  });
}
