import { createHmac, createSecretKey, hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** 64 bits of SHA-256 as base64url: names a value whose text we do not keep. */
export function valueHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 11);
}

/** Recipients, clients and words of subjects come again and again. */
const knownPseudonyms = 10_000;
const longestKnown = 128;

/** Turns a person's address into a stable pseudonym; without the key it cannot be tested against guesses. */
export type Pseudonym = (text: string) => string;

export function createPseudonym(key: Buffer): Pseudonym {
  const secret = createSecretKey(key);
  const known = new LRUCache<string, string>({ max: knownPseudonyms });
  return (text) => {
    const name = text.toLowerCase();
    const found = known.get(name);
    if (found !== undefined) return found;
    const bytes = Buffer.from(name);
    const answer = createHmac('sha256', secret).update(bytes).digest('base64url').slice(0, 11);
    // A copy: what is cut out of a message would keep all of it in memory.
    if (bytes.length <= longestKnown) known.set(bytes.toString(), answer);
    return answer;
  };
}

/** The same for what differs by case as well: a path, a selector. Text in lower case has the same pseudonym under both. */
export function byCase(pseudonym: Pseudonym): Pseudonym {
  // No text of mail begins with NUL: spelled out in hexadecimal, none can become another one's.
  return (text) =>
    pseudonym(text === text.toLowerCase() ? text : `\0${Buffer.from(text).toString('hex')}`);
}
