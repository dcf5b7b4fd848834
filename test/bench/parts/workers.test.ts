import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from './workers.ts';

void test('workers have a processor each, and the load the last one, which is shared where there are too few', () => {
  deepEqual(placesOf(2, 2), { one: '0', many: '0-1', load: '1' });
  deepEqual(placesOf(2, 4), { one: '0', many: '0-1', load: '3' });
  deepEqual(placesOf(4, 4), { one: '0', many: '0-3', load: '3' });
  deepEqual(placesOf(2, 1), { one: '0', many: '0', load: '0' });
});
