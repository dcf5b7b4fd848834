import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { oncePerObject } from '../once-per.ts';

/** What many messages share, stored once under the hash of its content. */
export type SharedPart = { readonly id: string; readonly body: Uint8Array };

/** The messages that share a part have it as one object: it is packed once for all of them. */
export const packShared = oncePerObject((part: object): SharedPart => {
  const text = JSON.stringify(part);
  const id = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { id, body: deflateRawSync(text) };
});

export function unpackShared(body: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(body).toString());
}
