import { Readable } from 'node:stream';
import type { Content } from '../smtp/content.ts';

/** The same message with its first `headLengthBytes` bytes replaced by `newHead`; nothing is copied or read yet. */
export function replaceHead(content: Content, headLengthBytes: number, newHead: Buffer): Content {
  const added = newHead.length - headLengthBytes;
  return {
    sizeBytes: content.sizeBytes + added,
    async prefix(limitBytes) {
      if (limitBytes <= newHead.length) return newHead.subarray(0, limitBytes);
      const original = await content.prefix(limitBytes - added);
      return Buffer.concat([newHead, original.subarray(headLengthBytes)]);
    },
    stream: () => Readable.from(chunks(content, headLengthBytes, newHead), { objectMode: false }),
  };
}

async function* chunks(
  content: Content,
  headLengthBytes: number,
  newHead: Buffer,
): AsyncGenerator<Buffer> {
  if (newHead.length > 0) yield newHead;
  let toSkip = headLengthBytes;
  for await (const chunk of content.stream() as AsyncIterable<Buffer>) {
    const rest = chunk.subarray(toSkip);
    toSkip -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
