import { Readable } from 'node:stream';
import type { Content } from '../smtp/content.ts';
import type { ByteSource } from './byte-source.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';
import {
  chunksFor,
  layoutOf,
  openerFor,
  placeOfChunk,
  sealedHeaderBytes,
  type SealedLayout,
} from './sealed-bytes.ts';

/**
 * The plain bytes of encrypted ones; each chunk is authenticated before it is given out, and the
 * stream fails at the first one that is not what was written.
 * @throws QuarantineError `locked` without a key, `damaged` for a length that no such bytes have.
 */
export function sealedContent(
  source: ByteSource,
  sealedBytes: number,
  ring: KeyRing | null,
): Content {
  if (ring === null)
    throw new QuarantineError('locked', 'it is encrypted: name the key file of the quarantine');
  const layout = layoutOf(sealedBytes);
  return {
    sizeBytes: layout.sizeBytes,
    async prefix(limitBytes) {
      const chunks = chunksFor(limitBytes, layout);
      const opened = await Array.fromAsync(openChunks({ source, layout, ring, chunks }));
      return Buffer.concat(opened).subarray(0, limitBytes);
    },
    stream: () =>
      Readable.from(openChunks({ source, layout, ring, chunks: layout.chunks }), {
        objectMode: false,
      }),
  };
}

type ToOpen = {
  readonly source: ByteSource;
  readonly layout: SealedLayout;
  readonly ring: KeyRing;
  /** How many, from the first. */
  readonly chunks: number;
};

async function* openChunks({ source, layout, ring, chunks }: ToOpen): AsyncGenerator<Buffer> {
  const { from, length } = placeOfChunk(chunks - 1);
  const pieces = cut(source(from + length), [sealedHeaderBytes, length]);
  const next = async () => (await pieces.next()).value ?? Buffer.alloc(0);
  try {
    const openChunk = openerFor(await next(), layout, ring);
    for (let number = 0; number < chunks; number++) {
      const bytes = openChunk(await next(), number);
      if (bytes.length > 0) yield bytes;
    }
  } finally {
    await pieces.return(undefined);
  }
}

/** A first piece of one length, all others of the other; the last one may be shorter. */
async function* cut(
  bytes: AsyncIterable<Buffer>,
  [first, others]: readonly [first: number, others: number],
): AsyncGenerator<Buffer, undefined> {
  let pending: Buffer[] = [];
  let [pendingBytes, wanted] = [0, first];
  for await (const arrived of bytes) {
    pending.push(arrived);
    pendingBytes += arrived.length;
    if (pendingBytes < wanted) continue;
    let rest = Buffer.concat(pending);
    for (; rest.length >= wanted; wanted = others) {
      yield rest.subarray(0, wanted);
      rest = rest.subarray(wanted);
    }
    pending = [rest];
    pendingBytes = rest.length;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}
