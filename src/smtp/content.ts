import { Readable } from 'node:stream';

/**
 * The received bytes of one message, dots unstuffed, CRLF line endings (checked before this exists): what is analysed,
 * kept and relayed is read from here and from nowhere else (promise P4).
 */
export type Content = {
  readonly sizeBytes: number;
  /** The first `limitBytes` bytes, without a copy where they are in memory. */
  prefix(limitBytes: number): Promise<Buffer>;
  /** A fresh stream over all bytes; may be called more than once. */
  stream(): Readable;
};

export function memoryContent(data: Buffer): Content {
  return {
    sizeBytes: data.length,
    prefix: (limitBytes) => Promise.resolve(data.subarray(0, limitBytes)),
    stream: () => Readable.from([data], { objectMode: false }),
  };
}
