import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNoveltyCounter, textKindOf } from '../../../src/commands/evaluate/text-kind.ts';
import { readHeader } from '../../../src/message/header.ts';
import { parseMessage } from '../../../src/message/message.ts';

async function mail(body: string) {
  const raw = Buffer.from(`From: a@example.com\r\nSubject: s\r\n\r\n${body}\r\n`);
  return parseMessage(raw, readHeader(raw));
}

test('only words that no earlier message had are new; numbers never are', async () => {
  const count = createNoveltyCounter();
  assert.equal(count(await mail('Your code is 4711')), 3);
  assert.equal(count(await mail('Your code is 4712')), 0);
  assert.equal(count(await mail('Your other code')), 1);
});

test('the median decides the kind of text', () => {
  assert.equal(textKindOf([0, 3, 90]), 'rigid');
  assert.equal(textKindOf([4, 20, 90]), 'mixed');
  assert.equal(textKindOf([4, 21, 90]), 'freeText');
});
