import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleString } from '../../../src/console/pages/visible-text.ts';

test('what people cannot see is named', () => {
  assert.equal(visibleString('pay\u200Bpal \u202Ecod'), 'pay⟦U+200B⟧pal ⟦U+202E⟧cod');
  assert.equal(visibleString(`x${'\u200C'.repeat(12)}y`), 'x⟦12 invisible characters⟧y');
});

test('lines are lines, however many are empty', () => {
  for (const text of ['a\nb', 'a\tb', `a${'\n'.repeat(9)}b`, 'a\n \n \n \n \n \nb'])
    assert.equal(visibleString(text), text);
});

test('emoji keep the selector that colours them', () => {
  assert.equal(visibleString('❤\uFE0F'), '❤\uFE0F');
});

test('what is too long is cut, and says so', () => {
  assert.equal(visibleString('abcdef', 3), 'abc…');
});
