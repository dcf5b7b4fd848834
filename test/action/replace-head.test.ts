import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { replaceHead } from '../../src/action/replace-head.ts';
import { findHeaderBlock } from '../../src/message/header-block.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import type { Content } from '../../src/smtp/content.ts';

const cases = [
  {
    name: 'fields and a body',
    text: 'A: 1\r\nB: 2\r\n\r\nbody\r\n\r\nmore',
    length: 12,
    isTerminated: true,
  },
  { name: 'no empty line', text: 'A: 1\r\nB: 2\r\n', length: 12, isTerminated: false },
  { name: 'no line ending at all', text: 'A: 1', length: 4, isTerminated: false },
  {
    name: 'starts with an empty line',
    text: '\r\nA: 1\r\n\r\nbody',
    length: 0,
    isTerminated: true,
  },
  { name: 'only an empty line', text: '\r\n', length: 0, isTerminated: true },
  { name: 'nothing', text: '', length: 0, isTerminated: false },
  {
    name: 'a line without colon does not end it',
    text: 'A: 1\r\nnonsense\r\nB: 2\r\n\r\nbody',
    length: 22,
    isTerminated: true,
  },
  {
    name: 'a line of white space is a continuation',
    text: 'A: 1\r\n \r\nB: 2\r\n\r\nbody',
    length: 15,
    isTerminated: true,
  },
  { name: 'ends with the empty line', text: 'A: 1\r\n\r\n', length: 6, isTerminated: true },
  { name: 'the empty line is cut in half', text: 'A: 1\r\n\r', length: 7, isTerminated: false },
];

for (const { name, text, ...expected } of cases) {
  test(`header block: ${name}`, () =>
    assert.deepEqual(findHeaderBlock(Buffer.from(text)), expected));
}

/** The same bytes in chunks of a given size, as a spooled message has them. */
function chunked(data: Buffer, chunkBytes: number): Content {
  const chunks = () =>
    Array.from({ length: Math.ceil(data.length / chunkBytes) }, (_, i) =>
      data.subarray(i * chunkBytes, (i + 1) * chunkBytes),
    );
  return { ...memoryContent(data), stream: () => Readable.from(chunks(), { objectMode: false }) };
}

test('only the head changes, however the bytes arrive and however often they are read', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(
      bytes,
      bytes,
      bytes,
      fc.integer({ min: 1, max: 64 }),
      async (head, body, newHead, chunkBytes) => {
        const original = chunked(Buffer.concat([head, body]), chunkBytes);
        const replaced = replaceHead(original, head.length, Buffer.from(newHead));
        const expected = Buffer.concat([newHead, body]);
        assert.equal(replaced.sizeBytes, expected.length);
        assert.deepEqual(await buffer(replaced.stream()), expected);
        assert.deepEqual(await buffer(replaced.stream()), expected);
        for (const limit of [0, 1, newHead.length, newHead.length + 1, expected.length, 1000]) {
          assert.deepEqual(await replaced.prefix(limit), expected.subarray(0, limit));
        }
      },
    ),
  );
});

test('an error of the original stream is the error of the new one', async () => {
  const broken: Content = {
    ...memoryContent(Buffer.from('abc')),
    stream: () => new Readable({ read: () => undefined }).destroy(new Error('disk gone')),
  };
  await assert.rejects(buffer(replaceHead(broken, 1, Buffer.from('x')).stream()), /disk gone/);
});

test('giving up half way closes the original stream', async () => {
  const source = Readable.from([Buffer.alloc(10), Buffer.alloc(10)], { objectMode: false });
  const closed = new Promise((resolve) => source.once('close', resolve));
  const stream = replaceHead(
    { ...memoryContent(Buffer.alloc(20)), stream: () => source },
    5,
    Buffer.alloc(0),
  ).stream();
  stream.once('data', () => stream.destroy());
  await closed;
  assert.ok(source.destroyed);
});
