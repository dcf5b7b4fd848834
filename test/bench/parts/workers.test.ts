import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from './workers.ts';

void test('workers have a processor each, and the load the last one', () => {
  deepEqual(placesOf(2, 4), { one: '0', many: '0-1', load: '3', share: null });
  deepEqual(placesOf(3, 4), { one: '0', many: '0-2', load: '3', share: null });
});

void test('where there are too few, workers share all but one of them', () => {
  deepEqual(placesOf(2, 2), { one: '0-1', many: '0-1', load: '1', share: 0.5 });
  deepEqual(placesOf(4, 4), { one: '0-3', many: '0-3', load: '3', share: 0.75 });
  deepEqual(placesOf(2, 1), { one: '0', many: '0', load: '0', share: 0.5 });
});
