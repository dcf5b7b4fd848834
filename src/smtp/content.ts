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
  /**
   * The same in pieces of 64 KiB and more, but for the last, each of which lasts until the next is asked for; where they
   * lie in a file, that saves memory for all of them. Content with other bytes must not pass this on, nor `descriptor`.
   */
  borrow?(): AsyncIterable<Buffer>;
  /** An open file with these bytes and no others, as long as the content is kept: for a thread that reads them itself. */
  readonly descriptor?: number;
};

export function memoryContent(data: Buffer): Content {
  return {
    sizeBytes: data.length,
    prefix: (limitBytes) => Promise.resolve(data.subarray(0, limitBytes)),
    stream: () => Readable.from([data], { objectMode: false }),
  };
}
