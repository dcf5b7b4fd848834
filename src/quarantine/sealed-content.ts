import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Content } from '../smtp/content.ts';
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
 * The bytes of an encrypted file that does not change; each chunk is authenticated before it is given out, and the
 * stream fails at the first one that is not what was written.
 * @throws QuarantineError `locked` without a key, `damaged` for a length that no such file has.
 */
export function sealedContent(path: string, fileBytes: number, ring: KeyRing | null): Content {
  if (ring === null)
    throw new QuarantineError('locked', 'it is encrypted: name the key file of the quarantine');
  const layout = layoutOf(fileBytes);
  return {
    sizeBytes: layout.sizeBytes,
    async prefix(limitBytes) {
      const chunks = chunksFor(limitBytes, layout);
      const opened = await Array.fromAsync(openChunks({ path, layout, ring, chunks }));
      return Buffer.concat(opened).subarray(0, limitBytes);
    },
    stream: () =>
      Readable.from(openChunks({ path, layout, ring, chunks: layout.chunks }), {
        objectMode: false,
      }),
  };
}

type ToOpen = {
  readonly path: string;
  readonly layout: SealedLayout;
  readonly ring: KeyRing;
  /** How many, from the first. */
  readonly chunks: number;
};

async function* openChunks({ path, layout, ring, chunks }: ToOpen): AsyncGenerator<Buffer> {
  await using file = await open(path, 'r');
  const header = await readAt(file, 0, sealedHeaderBytes);
  const openChunk = openerFor(header, layout, ring);
  for (let number = 0; number < chunks; number++) {
    const { from, length } = placeOfChunk(number);
    const bytes = openChunk(await readAt(file, from, length), number);
    if (bytes.length > 0) yield bytes;
  }
}

/** Fewer bytes at the end of the file. */
async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
