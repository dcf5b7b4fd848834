import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DistinctValues } from '../../src/score/distinct-values.ts';

test('each value of a table once, in the order they came', () => {
  const values = new DistinctValues();
  values.add('line', 'a');
  values.add('domain', 'a');
  values.add('line', 'b');
  values.add('line', 'a');
  assert.deepEqual(values.all, [
    { table: 'line', value: 'a' },
    { table: 'domain', value: 'a' },
    { table: 'line', value: 'b' },
  ]);
  assert.deepEqual(
    [
      values.placeOf({ table: 'domain', value: 'a' }),
      values.placeOf({ table: 'line', value: 'b' }),
      values.placeOf({ table: 'domain', value: 'b' }),
    ],
    [1, 2, undefined],
  );
});

test('what is more than may be asked is left out, and has no place', () => {
  const values = new DistinctValues(2);
  for (const value of ['a', 'b', 'c']) values.add('line', value);
  assert.equal(values.all.length, 2);
  assert.equal(values.placeOf({ table: 'line', value: 'c' }), undefined);
});
