import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What many messages share, stored once under the hash of its content. */
export type SharedPart = { readonly id: string; readonly body: Uint8Array };

export function packShared(part: unknown): SharedPart {
  const text = JSON.stringify(part);
  const id = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { id, body: deflateRawSync(text) };
}

export function unpackShared(body: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(body).toString());
}
