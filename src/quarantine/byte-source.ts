import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Content } from '../smtp/content.ts';

/** A fresh stream over bytes that do not change: the first `endBytes` of them, at least one, or all. */
export type ByteSource = (endBytes?: number) => Readable;

export function fileSource(path: string): ByteSource {
  return (endBytes) => createReadStream(path, endBytes === undefined ? {} : { end: endBytes - 1 });
}

/** All bytes of a source as they are. */
export function sourceContent(source: ByteSource, sizeBytes: number): Content {
  return {
    sizeBytes,
    prefix: async (limitBytes) => {
      const wanted = Math.min(limitBytes, sizeBytes);
      return wanted === 0 ? Buffer.alloc(0) : buffer(source(wanted));
    },
    stream: () => source(),
  };
}
