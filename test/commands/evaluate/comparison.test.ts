import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalogue } from '../../../src/alias/catalogue.ts';
import {
  comparisonFigures,
  thresholdFor,
} from '../../../src/commands/evaluate/comparison-figures.ts';
import { breaksFixedRule } from '../../../src/commands/evaluate/fixed-rule.ts';
import type { StreamMessage, StreamResult } from '../../../src/commands/evaluate/streams.ts';
import { readHeader } from '../../../src/message/header.ts';
import { parseMessage } from '../../../src/message/message.ts';

const alias = createCatalogue([], ['shop@example.com']).find('shop@example.com');
assert.ok(alias);

async function mail(body: string) {
  const raw = Buffer.from(`From: Shop <shop@example.com>\r\nSubject: Parcel\r\n\r\n${body}\r\n`);
  return parseMessage(raw, readHeader(raw));
}

test('the fixed rule sees numbers and foreign links, not the own domain', async () => {
  const breaks = async (body: string) => breaksFixedRule(await mail(body), alias);
  assert.equal(await breaks('See https://www.example.com/parcel for more.'), false);
  assert.equal(await breaks('Call us at +1 802 538 3069.'), true);
  assert.equal(await breaks('See https://example.net/parcel for more.'), true);
});

test('a threshold lets through as many as allowed', () => {
  const scores = [1, 9, 4, 7, 7];
  for (const [allowed, flagged] of [
    [0, 0],
    [1, 1],
    [3, 3],
  ] as const)
    assert.equal(scores.filter((score) => score > thresholdFor(scores, allowed)).length, flagged);
  assert.equal(thresholdFor([], 0), 0);
});

test('the threshold of the sum comes from the earlier half and is used on the later', () => {
  const message = (index: number, surpriseBits: number, tagged = false): StreamMessage => ({
    index,
    surpriseBits,
    tagged,
    quarantined: false,
    bits: 0,
    pValue: 1,
    messages: index,
    isClosed: false,
    source: '',
    reason: '',
    breaksFixedRule: false,
  });
  const stream: StreamResult = {
    address: 'shop@example.com',
    messages: 4,
    textKind: 'rigid',
    honest: [message(0, 5), message(1, 6), message(2, 7), message(3, 1)],
    cold: [],
    injections: [
      { ...message(1, 99, true), kind: 'a' },
      { ...message(2, 6.5, true), kind: 'a' },
      { ...message(3, 5.5, true), kind: 'a' },
    ],
  };
  const [causes, , surprise] = comparisonFigures([stream], []);
  assert.deepEqual(causes?.byKind, [{ kind: 'a', n: 2, tagged: 2 }]);
  assert.equal(surprise?.thresholdBits, 6);
  assert.deepEqual(surprise.honest, { n: 2, tagged: 1 });
  assert.deepEqual(surprise.byKind, [{ kind: 'a', n: 2, tagged: 1 }]);
});
