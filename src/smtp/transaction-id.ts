import { randomBytes } from 'node:crypto';

const timeDigits = 9;
const randomDigits = 11;

/** 20 characters `[0-9a-z]`: milliseconds, so that ids sort by time, then 56 random bits, so that nobody guesses one. */
export function newTransactionId(receivedAt: Date): string {
  const random = randomBytes(8).readBigUInt64BE() % 36n ** BigInt(randomDigits);
  return (
    receivedAt.getTime().toString(36).padStart(timeDigits, '0') +
    random.toString(36).padStart(randomDigits, '0')
  );
}

/** The time that an id begins with, in milliseconds since 1970; 0 for what is no id. */
export function timeOfId(id: string): number {
  const time = Number.parseInt(id.slice(0, timeDigits), 36);
  return Number.isNaN(time) ? 0 : time;
}
