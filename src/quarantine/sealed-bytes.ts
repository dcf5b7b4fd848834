import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyRing, SealingKey } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';

const magic = Buffer.from('AWQ1');
const saltBytes = 16;
const headerBytes = magic.length + 8 + saltBytes;
const tagBytes = 16;
const chunkBytes = 64 * 1024;
const sealedChunkBytes = chunkBytes + tagBytes;

/**
 * Bytes that can be read in pieces: AES-256-GCM over chunks of 64 KiB, whose nonce is their number and whether they are
 * the last one, so that a chunk that is changed, moved, repeated or left out is found (STREAM: Hoang, Reyhanitabar,
 * Rogaway and Vizár, CRYPTO 2015). Each file has a key of its own, by HKDF from a salt, so that nonces never repeat.
 *
 *   "AWQ1" | key id (8) | salt (16) | { ciphertext | tag (16) } …
 */
export async function* seal(
  { current }: KeyRing,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const header = Buffer.concat([magic, current.id, randomBytes(saltBytes)]);
  const key = fileKey(current, header);
  yield header;
  let pending: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const piece of bytes) {
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece]);
    // The last chunk is never known before the end, so one stays behind.
    for (; pending.length > chunkBytes; pending = pending.subarray(chunkBytes))
      yield sealChunk(pending.subarray(0, chunkBytes), { key, header, number: number++, last: 0 });
  }
  yield sealChunk(pending, { key, header, number, last: 1 });
}

/** The same of bytes that are all there. */
export function sealAll({ current }: KeyRing, bytes: Buffer): Buffer {
  const header = Buffer.concat([magic, current.id, randomBytes(saltBytes)]);
  const key = fileKey(current, header);
  const last = Math.max(0, Math.ceil(bytes.length / chunkBytes) - 1);
  const chunks = Array.from({ length: last + 1 }, (_, number) =>
    sealChunk(bytes.subarray(number * chunkBytes, (number + 1) * chunkBytes), {
      key,
      header,
      number,
      last: number === last ? 1 : 0,
    }),
  );
  return Buffer.concat([header, ...chunks]);
}

/** Where the pieces of a sealed file lie. */
export type SealedLayout = { readonly sizeBytes: number; readonly chunks: number };

/** How long so many bytes are once they are sealed. */
export function sealedLength(sizeBytes: number): number {
  const chunks = Math.max(1, Math.ceil(sizeBytes / chunkBytes));
  return headerBytes + sizeBytes + chunks * tagBytes;
}

export const sealedHeaderBytes = headerBytes;

/** @throws QuarantineError `damaged` for a length that no sealed file has. */
export function layoutOf(fileBytes: number): SealedLayout {
  const rest = fileBytes - headerBytes;
  const chunks = Math.max(1, Math.ceil(rest / sealedChunkBytes));
  if (rest - (chunks - 1) * sealedChunkBytes < tagBytes)
    throw new QuarantineError('damaged', 'encrypted bytes end too early');
  return { sizeBytes: rest - chunks * tagBytes, chunks };
}

export function placeOfChunk(number: number): { readonly from: number; readonly length: number } {
  return { from: headerBytes + number * sealedChunkBytes, length: sealedChunkBytes };
}

/** How many chunks hold the first `bytes`. */
export function chunksFor(bytes: number, { chunks }: SealedLayout): number {
  return Math.min(chunks, Math.max(1, Math.ceil(bytes / chunkBytes)));
}

export type Opener = (chunk: Uint8Array, number: number) => Buffer;

/**
 * Reads the header and gives what opens a chunk.
 * @throws QuarantineError `locked` where the key is not in the ring, `damaged` where a chunk is not what was written.
 */
export function openerFor(header: Buffer, { chunks }: SealedLayout, ring: KeyRing): Opener {
  if (!isSealed(header)) throw new QuarantineError('damaged', 'these are not encrypted bytes');
  const id = header.subarray(magic.length, magic.length + 8);
  const owner = ring.find(id);
  if (owner === null)
    throw new QuarantineError(
      'locked',
      `it is encrypted with key ${id.toString('hex')}, which is not in the key file`,
    );
  const key = fileKey(owner, header);
  return (chunk, number) =>
    openChunk(chunk, { key, header, number, last: number === chunks - 1 ? 1 : 0 });
}

export function isSealed(bytes: Buffer): boolean {
  return bytes.length >= headerBytes && bytes.subarray(0, magic.length).equals(magic);
}

/** All bytes of a small file. @throws as `openerFor` does. */
export function unseal(sealed: Buffer, ring: KeyRing): Buffer {
  const layout = layoutOf(sealed.length);
  const open = openerFor(sealed.subarray(0, headerBytes), layout, ring);
  return Buffer.concat(
    Array.from({ length: layout.chunks }, (_, number) => {
      const { from, length } = placeOfChunk(number);
      return open(sealed.subarray(from, from + length), number);
    }),
  );
}

type ChunkPlace = {
  readonly key: Buffer;
  readonly header: Buffer;
  readonly number: number;
  readonly last: 0 | 1;
};

function sealChunk(bytes: Buffer, { key, header, number, last }: ChunkPlace): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, last)).setAAD(header);
  const sealed = [cipher.update(bytes), cipher.final()];
  return Buffer.concat([...sealed, cipher.getAuthTag()]);
}

function openChunk(chunk: Uint8Array, { key, header, number, last }: ChunkPlace): Buffer {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  const end = bytes.length - tagBytes;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, last))
      .setAAD(header)
      .setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]);
  } catch (error) {
    throw new QuarantineError('damaged', 'encrypted bytes are not what was written', {
      cause: error,
    });
  }
}

function nonceOf(number: number, last: 0 | 1): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce.writeUInt8(last, 11);
  return nonce;
}

function fileKey({ key }: SealingKey, header: Buffer): Buffer {
  const salt = header.subarray(magic.length + 8);
  return Buffer.from(hkdfSync('sha256', key, salt, 'aliaswatch quarantine file', 32));
}
