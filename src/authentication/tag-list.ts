import { hash } from 'node:crypto';

/**
 * Tag-list of a signature (RFC 6376 §3.2) by lower-case name. Read as the verifier reads it, or a fact would be
 * taken from a tag that was never verified: names ignore case and the last of equal names counts.
 */
export function parseTagList(list: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of list.split(';')) {
    const equals = tag.indexOf('=');
    if (equals > 0)
      tags.set(tag.slice(0, equals).trim().toLowerCase(), tag.slice(equals + 1).trim());
  }
  return tags;
}

/** Names of `h=`, lower case, with repetitions (a name more often than the field stands there forbids to add one). */
export function signedFieldsOf(tags: ReadonlyMap<string, string>): readonly string[] {
  const names = (tags.get('h') ?? '').toLowerCase().replace(/\s+/g, '').split(':');
  return names.filter((name) => name !== '');
}

/** `t=` or `x=`: epoch seconds, or null where it is absent or no number (RFC 6376 §3.5: at most 12 digits count). */
export function secondsOf(tags: ReadonlyMap<string, string>, name: 't' | 'x'): number | null {
  const value = tags.get(name) ?? '';
  return /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/**
 * First 64 bits of SHA-256 over the signature, base64url. `b=` is not signed itself, so a replay could respell it:
 * white space, padding, stray characters. What is hashed is base64 as the verifier decodes it, spelled one way.
 */
export function signatureHashOf(signature: string): string {
  const spelledOneWay = Buffer.from(signature, 'base64').toString('base64');
  return hash('sha256', spelledOneWay, 'buffer').subarray(0, 8).toString('base64url');
}
