import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDailyVolume } from '../../src/alerts/daily-volume.ts';

const noon = (day: number) => new Date((20_000 + day) * 86_400_000 + 43_200_000);

/** Feeds a number of messages a day, from day 0 on. */
function fed(perDay: readonly number[]) {
  const volume = createDailyVolume();
  perDay.forEach((watched, day) => volume.add(noon(day), { watched, tag: 0, quarantine: 0 }));
  return volume;
}

test('nothing is usual until a whole day has passed; the first one began before we did', () => {
  assert.equal(fed([]).perDay(noon(0)), null);
  assert.equal(fed([50]).perDay(noon(0)), null);
  assert.equal(fed([50]).perDay(noon(1)), null);
  assert.equal(fed([50, 80]).perDay(noon(1)), null, 'today is not over');
  assert.equal(fed([50, 80]).perDay(noon(2)), 80);
});

test("one day's flood changes nothing", () => {
  assert.equal(fed([9, 100, 110, 90_000, 105, 95]).perDay(noon(6)), 105);
});

test('days without mail count, and only the last seven do', () => {
  assert.equal(fed([9, 100]).perDay(noon(4)), 1, 'two of three were silent');
  assert.equal(
    fed([9, ...Array<number>(7).fill(10), ...Array<number>(7).fill(70)]).perDay(noon(15)),
    70,
  );
});

test('the counts of a day add up, and each day begins at 0', () => {
  const volume = createDailyVolume();
  volume.add(noon(0), { watched: 1, tag: 1, quarantine: 0 });
  assert.deepEqual(volume.add(noon(0), { watched: 1, tag: 1, quarantine: 1 }), {
    watched: 2,
    tag: 2,
    quarantine: 1,
  });
  assert.equal(volume.add(noon(1), { watched: 1, tag: 0, quarantine: 0 }).tag, 0);
});
