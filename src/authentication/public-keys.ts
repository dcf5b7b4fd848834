import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyCache } from 'mailauth/lib/dkim/dkim-verifier.js';
import { getPublicKey, toALabel, type PublicKey } from 'mailauth/lib/tools.js';
import type { DnsRecord, Lookup } from './resolver.ts';

type Key = PublicKey<KeyObject>;

/** Where the verifier gets the keys of one message from. */
export type KeysForMessage = (lookup: Lookup) => KeyCache;

/**
 * Reads a key record (RFC 6376 §3.6.1) once per DNS answer and not once per signature: a key lives as long as the answer
 * that it was read from, and goes with it. What the verifier refuses is read anew.
 */
export function createPublicKeys(): KeysForMessage {
  const keysOf = new WeakMap<readonly DnsRecord[], Map<string, Key>>();

  async function read(
    lookup: Lookup,
    ...[type, name, minBitLength, options]: Parameters<KeyCache['get']>
  ): Promise<Key> {
    const answer = await lookup(toALabel(name), 'TXT');
    const judgedFor = `${minBitLength} ${options.hashAlgo ?? ''}`;
    const known = keysOf.get(answer)?.get(judgedFor);
    if (known !== undefined) return known;
    const given = () => Promise.resolve(answer);
    const inPem = await getPublicKey(type, name, minBitLength, given, options);
    const key = { ...inPem, publicKey: createPublicKey(inPem.publicKey) };
    const keys = keysOf.get(answer) ?? new Map<string, Key>();
    keysOf.set(answer, keys.set(judgedFor, key));
    return key;
  }

  return (lookup) => ({
    resolver: lookup,
    get(...question) {
      const key = read(lookup, ...question);
      key.catch(() => undefined); // ARC asks ahead of its use, and may never get to that
      return key;
    },
  });
}
