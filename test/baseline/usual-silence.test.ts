import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualSilenceDays } from '../../src/baseline/usual-silence.ts';

const through = 20_000;
/** Days with mail among the last sixty, by their age. */
const daily = (has: (age: number) => boolean) =>
  Array.from({ length: 60 }, (_, index) => 59 - index)
    .filter(has)
    .map((age) => ({ day: through - age, messages: 3 }));

const cases = [
  { name: 'mail every day: two days are news', has: () => true, from: 2, to: 4 },
  {
    name: 'working days: a long weekend is not',
    has: (age: number) => age % 7 < 5,
    from: 5,
    to: 9,
  },
  { name: 'once a week', has: (age: number) => age % 7 === 0, from: 30, to: 60 },
  { name: 'a gap that was seen', has: (age: number) => age < 20 || age > 35, from: 17, to: 20 },
];

for (const { name, has, from, to } of cases) {
  test(`the longest silence that is usual: ${name}`, () => {
    const days = usualSilenceDays(daily(has), through);
    assert.ok(days !== null && days >= from && days <= to, String(days));
  });
}

test('of an alias that hardly ever writes, or only began, nothing is said', () => {
  assert.equal(usualSilenceDays([], through), null);
  assert.equal(
    usualSilenceDays(
      daily((age) => age % 15 === 0),
      through,
    ),
    null,
  );
  assert.equal(
    usualSilenceDays(
      daily((age) => age < 10),
      through,
    ),
    null,
  );
});
