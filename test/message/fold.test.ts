import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  foldText,
  foldWord,
  hidesInsideWord,
  mixesScripts,
  wordsOf,
} from '../../src/message/fold.ts';

const folded = [
  { name: 'Cyrillic look-alikes', text: 'раураl', expected: 'paypal' },
  { name: 'full-width digits', text: '８０２', expected: '802' },
  { name: 'zero-width characters', text: 'can\u200Bcel', expected: 'cancel' },
  { name: 'soft hyphens', text: 're\u00ADfund', expected: 'refund' },
  { name: 'diacritics', text: 'Überweisung', expected: 'Uberweisung' },
  { name: 'strokes', text: 'płatność', expected: 'platnosc' },
  { name: 'plain text', text: 'Your code is 123', expected: 'Your code is 123' },
];
for (const { name, text, expected } of folded)
  test(`folds ${name}`, () => assert.equal(foldText(text), expected));

const words = [
  ['CanceI', 'cancel'],
  ['RefuNd', 'refund'],
  ['he1p', 'help'],
  ['B0nus', 'bonus'],
  ['ID', 'id'],
  ['2026', '2026'],
] as const;
for (const [word, expected] of words)
  test(`reads ${word} as ${expected}`, () => assert.equal(foldWord(word), expected));

test('words come in order and are bounded', () => {
  assert.deepEqual(wordsOf("Don't CALL 555, now!", 10), ["don't", 'call', '555', 'now']);
  assert.equal(wordsOf('a '.repeat(100), 7).length, 7);
});

const hidden = [
  { name: 'a zero-width space inside a word', text: 'pay\u200Bpal', expected: true },
  { name: 'a byte order mark between letters', text: 'L\uFEFFedger', expected: true },
  { name: 'padding of a preheader', text: 'Hello \u200C \u200C \u200C world', expected: false },
  { name: 'plain text', text: 'Hello', expected: false },
];
for (const { name, text, expected } of hidden)
  test(`hiding: ${name}`, () => assert.equal(hidesInsideWord(text), expected));

const scripts = [
  { name: 'Latin with a Cyrillic letter', text: 'pаypal', expected: true },
  { name: 'mathematical letters', text: '𝐏𝐚𝐲', expected: true },
  { name: 'a Russian sentence', text: 'Привет, мир', expected: false },
  { name: 'Russian and English words', text: 'Привет PayPal', expected: false },
  { name: 'German', text: 'Grüße', expected: false },
];
for (const { name, text, expected } of scripts)
  test(`scripts: ${name}`, () => assert.equal(mixesScripts(text), expected));
