import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { collapseSpace } from '../../src/message/collapse-space.ts';
import { hidesInsideWord } from '../../src/message/fold.ts';
import { replaceInWordsWithAt } from '../../src/message/words-with-at.ts';

const pieces = [
  '@',
  ' ',
  '  ',
  '\n',
  '\t',
  '\u00a0',
  '\u2028',
  '<',
  '>',
  '.',
  'a',
  'é',
  '𝒜',
  '\u200b',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.constant('x'.repeat(79))), { maxLength: 40 })
  .map((parts) => parts.join(''));

test('white space is collapsed as if every run were rewritten', () => {
  fc.assert(
    fc.property(text, (any) => {
      assert.equal(collapseSpace(any), any.replace(/\s+/g, ' ').trim());
    }),
  );
});

test('addresses are replaced in words with an @ as in the whole text', () => {
  for (const pattern of [/[^\s@]{1,80}@[^\s@]{1,120}/g, /[^\s@<>]{1,80}@[^\s@<>]{1,120}/g])
    fc.assert(
      fc.property(text, (any) => {
        assert.equal(replaceInWordsWithAt(any, pattern, '#'), any.replace(pattern, '#'));
      }),
    );
});

test('a word without an end does not slow the search for addresses down', () => {
  const started = performance.now();
  for (const long of ['a'.repeat(200_000), '@'.repeat(200_000), 'a@'.repeat(100_000)])
    replaceInWordsWithAt(`${long}@`, /[^\s@]{1,80}@[^\s@]{1,120}/g, ' ');
  assert.ok(performance.now() - started < 2000);
});

test('what hides inside a word is found wherever it stands', () => {
  fc.assert(
    fc.property(text, (any) => {
      assert.equal(hidesInsideWord(any), /[\p{L}\p{N}]\u200b+[\p{L}\p{N}]/u.test(any));
    }),
  );
});
