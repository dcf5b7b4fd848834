import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { atEndOfTurn } from '../src/at-end-of-turn.ts';

test('what comes in one turn is handed over together, in order, and once', async () => {
  const handed: (readonly string[])[] = [];
  const take = atEndOfTurn<string>((items) => handed.push(items));
  take('a');
  take('b');
  assert.deepEqual(handed, []);
  await nextTurn();
  take('c');
  await nextTurn();
  await nextTurn();
  assert.deepEqual(handed, [['a', 'b'], ['c']]);
});
