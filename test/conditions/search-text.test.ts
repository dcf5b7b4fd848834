import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIn, placesIn } from '../../src/conditions/search-text.ts';
import { seeded } from '../support/appraised-mail.ts';

/** As the engine's own search finds them, one after the other. */
function placesBySearch(text: string, sought: string): readonly number[] {
  const places: number[] = [];
  if (sought === '') return places;
  for (let at = text.indexOf(sought); at !== -1; at = text.indexOf(sought, at + 1)) places.push(at);
  return places;
}

test('finds what the plain search finds, overlapping places as well', () => {
  const random = seeded(11);
  const made = (length: number) =>
    Array.from({ length }, () => (random() < 0.8 ? 'a' : 'b')).join('');
  for (let round = 0; round < 3000; round++) {
    const text = made(Math.floor(random() * 60));
    const from = Math.floor(random() * text.length);
    const length = Math.floor(random() * 25);
    const sought = random() < 0.5 ? text.slice(from, from + length) : made(length);
    const told = `${sought} in ${text}`;
    assert.deepEqual([...placesIn(text, sought)], placesBySearch(text, sought), told);
    assert.equal(isIn(text, sought), text.includes(sought), told);
  }
});

test('a text that makes the plain search slow does not slow this one', () => {
  const text = 'a'.repeat(100_000);
  const sought = `ab${'a'.repeat(5000)}`;
  const msOf = (search: () => boolean) => {
    const startedMs = performance.now();
    assert.equal(search(), false);
    return performance.now() - startedMs;
  };
  const plainMs = msOf(() => text.includes(sought));
  const ownMs = msOf(() => isIn(text, sought));
  // Some hundred times as fast.
  assert.ok(ownMs * 4 < plainMs, `${ownMs} ms against ${plainMs} ms`);
  const aroundB = `${'a'.repeat(5000)}b${'a'.repeat(5000)}`;
  assert.equal(isIn(text, aroundB), false);
  assert.equal(isIn(`${text}b${text}`, aroundB), true);
});
