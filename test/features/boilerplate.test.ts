import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boilerplateHashes, sentenceHash } from '../../src/features/boilerplate.ts';

test('published text is recognised in a message whatever its number, address and links', () => {
  const [published] = boilerplateHashes([
    'For help call 555 or write to help@vendor.example, see https://vendor.example/a',
  ]);
  const sent = 'For help call 1234 or write to desk@vendor.example, see https://vendor.example/b/c';
  assert.equal(sentenceHash(sent, []), published);
  assert.notEqual(sentenceHash(`${sent} now`, []), published);
});

test('a paragraph counts by its sentences, as in a message', () => {
  assert.equal(boilerplateHashes(['You can ignore this mail. Nothing happens.']).length, 2);
});
