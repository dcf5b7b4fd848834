import { createHmac, createSecretKey, hash } from 'node:crypto';
import { oncePerText } from '../once-per.ts';

/** 64 bits of SHA-256 as base64url: names a value whose text we do not keep. */
export function valueHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 11);
}

/** Turns a person's address into a stable pseudonym; without the key it cannot be tested against guesses. */
export type Pseudonym = (text: string) => string;

export function createPseudonym(key: Buffer): Pseudonym {
  const secret = createSecretKey(key);
  return oncePerText(4000, (text) =>
    createHmac('sha256', secret).update(text.toLowerCase()).digest('base64url').slice(0, 11),
  );
}

/** The same for what differs by case as well: a path, a selector. Text in lower case has the same pseudonym under both. */
export function byCase(pseudonym: Pseudonym): Pseudonym {
  // No text of mail begins with NUL: spelled out in hexadecimal, none can become another one's.
  return (text) =>
    pseudonym(text === text.toLowerCase() ? text : `\0${Buffer.from(text).toString('hex')}`);
}
