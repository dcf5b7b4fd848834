import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leastKeys, type Drawn } from '../../src/vectors/reservoir.ts';
import { seeded } from '../support/appraised-mail.ts';

/** Mail of `days` days, thinned after each of them. */
function drawOver(
  days: number,
  { perDay, most, seed }: Record<'perDay' | 'most' | 'seed', number>,
) {
  const random = seeded(seed);
  let kept: Drawn[] = [];
  const all: Drawn[] = [];
  for (let day = 1; day <= days; day++) {
    for (let index = 0; index < perDay; index++) {
      const drawn = { day, key: random() };
      kept.push(drawn);
      all.push(drawn);
    }
    const least = leastKeys(kept, most);
    kept = kept.filter((drawn) => drawn.key >= (least.get(drawn.day) ?? 0));
  }
  return { kept, all };
}

const largest = (drawn: readonly Drawn[], since: number, most: number) =>
  drawn
    .filter(({ day }) => day >= since)
    .map(({ key }) => key)
    .sort((left, right) => right - left)
    .slice(0, most);

test('the largest keys of any number of last days are always there', () => {
  const { kept, all } = drawOver(30, { perDay: 70, most: 40, seed: 1 });
  for (let since = 1; since <= 30; since++)
    assert.deepEqual(largest(kept, since, 40), largest(all, since, 40), `since ${since}`);
  assert.ok(kept.length < 40 * (2 + Math.log(30)), `${kept.length} are kept`);
});

test('every day has the share of the draw that it has of the mail', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let seed = 1; seed <= 200; seed++) {
    const { kept } = drawOver(10, { perDay: 30, most: 20, seed });
    const least = largest(kept, 1, 20).at(-1) ?? 0;
    for (const { day, key } of kept) if (key >= least) counts[day - 1]! += 1;
  }
  // Chi-squared with 9 degrees of freedom: past 27.9 in one of a thousand draws; the seeds are fixed.
  const expected = (200 * 20) / 10;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(chi < 27.9, `${chi}: ${counts.join(' ')}`);
});
