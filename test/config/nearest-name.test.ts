import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from '../../src/config/nearest-name.ts';

const known = ['mode', 'failOpen', 'quarantine', 'nextHop', 'tag'];
const cases = [
  { name: 'failopen', is: 'failOpen' },
  { name: 'next-hop', is: 'nextHop' },
  { name: 'NEXT_HOP', is: 'nextHop' },
  { name: 'quarentine', is: 'quarantine' },
  { name: 'mdoe', is: 'mode' },
  { name: 'tags', is: 'tag' },
  { name: 'zebra', is: null },
  { name: '', is: null },
  { name: 'x'.repeat(100_000), is: null },
];
for (const { name, is } of cases) {
  test(`${name.slice(0, 20) || 'nothing'} → ${is ?? 'nothing'}`, () =>
    assert.equal(nearestName(name, known), is));
}

test('an equal distance goes to the first', () =>
  assert.equal(nearestName('bat', ['cat', 'hat']), 'cat'));
