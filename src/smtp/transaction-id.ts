import { randomInt } from 'node:crypto';

const timeDigits = 9;

/** 20 characters `[0-9a-z]`: milliseconds, so that ids sort by time, then 56 random bits, so that nobody guesses one. */
export function newTransactionId(receivedAt: Date): string {
  const time = receivedAt.getTime().toString(36).padStart(timeDigits, '0');
  return time + randomDigits(5) + randomDigits(6);
}

/** At most 9 digits: `randomInt` goes up to 2^48. */
function randomDigits(count: number): string {
  return randomInt(36 ** count)
    .toString(36)
    .padStart(count, '0');
}

/** The time that an id begins with, in milliseconds since 1970; 0 for what is no id. */
export function timeOfId(id: string): number {
  const time = Number.parseInt(id.slice(0, timeDigits), 36);
  return Number.isNaN(time) ? 0 : time;
}
