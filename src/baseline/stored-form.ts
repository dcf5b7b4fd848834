import { hash } from 'node:crypto';
import { hourOf } from './ledger.ts';
import { mostLookups, type Commit, type ObserveRequest } from './store.ts';
import { fnv1a, type ValueRecord } from './value-record.ts';

/** How both stores write what they keep, so that they cannot differ in it. */

/** A signature is remembered for this epoch and the one before. */
export const epochDays = 4;
const mostRecipientCodes = 32;
const longestValueBytes = 64;
/** UTF-8 of one UTF-16 code unit; a pair of them takes four together. */
const mostBytesOfUnit = 3;

/** Throws RangeError for what no honest caller asks: unbounded work, or a day that is none. */
export function checkRequest(request: ObserveRequest): void {
  if (request.values.length > mostLookups) {
    throw new RangeError(
      `observe: ${request.values.length} values; at most ${mostLookups} are looked up at once`,
    );
  }
  if (Number.isNaN(request.at.getTime())) throw new RangeError('observe: not a time');
}

/** Throws RangeError for what is no day, or no count: only whole numbers can be taken back exactly. */
export function checkCommit(commit: Commit): void {
  if (!Number.isSafeInteger(commit.day) || commit.day < 0) {
    throw new RangeError(`commit: ${commit.day} is not a day number`);
  }
  for (const name in commit.counters) {
    const amount = commit.counters[name] ?? 0;
    if (!Number.isSafeInteger(amount) || amount <= 0) {
      throw new RangeError(
        `commit: counter ${name} is ${amount}; it must be a positive whole number`,
      );
    }
  }
}

function digest(text: string, characters: number): string {
  return hash('sha256', text, 'base64url').slice(0, characters);
}

/** A value as it is stored, at most 64 bytes: longer ones keep their start and a digest of the whole. */
export function storedValue(value: string): string {
  const text = value.toWellFormed();
  const isShort = text.length * mostBytesOfUnit <= longestValueBytes;
  if (isShort || Buffer.byteLength(text) <= longestValueBytes) return text;
  const start = Buffer.from(text)
    .subarray(0, 44)
    .toString()
    .replace(/\uFFFD{1,3}$/, '');
  return `${start}…${digest(text, 16)}`;
}

export function storedSignature(signature: string): string {
  return digest(signature, 12);
}

export function storedActor(actor: string): string {
  return digest(actor, 8);
}

export function storedCommitId(id: string): string {
  return digest(id, 6);
}

/** Among the ids of commits, since both are remembered equally long. */
export function storedRetractionId(id: string): string {
  return storedCommitId(`taken back ${id}`);
}

/**
 * Hexadecimal integers, so that the fullest record stays within the 64 bytes up to which Redis packs a hash densely
 * (`hash-max-listpack-value`). redis-commit.lua reads and writes the same.
 */
export function encodeRecord(record: ValueRecord): string {
  const { firstDay, lastDay, days, recentDays, domains, recipients, actors, count } = record;
  return [firstDay, lastDay, days, recentDays, domains, recipients, actors, count]
    .map((part) => part.toString(16))
    .join(',');
}

const [comma, digitZero, letterA] = [0x2c, 0x30, 0x61];

export function decodeRecord(text: string): ValueRecord {
  let at = 0;
  // By hand: some forty records are read for each message, and eight short strings for each would be garbage.
  const next = () => {
    let number = 0;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === comma) break;
      number = number * 16 + (code < letterA ? code - digitZero : code - letterA + 10);
    }
    at++;
    return number;
  };
  return {
    firstDay: next(),
    lastDay: next(),
    days: next(),
    recentDays: next(),
    domains: next(),
    recipients: next(),
    actors: next(),
    count: next(),
  };
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Distinct 12-bit codes of the recipients, two characters each, at most 32: what a replay counter needs of them. */
export function recipientCodes(recipients: readonly string[]): string {
  return mergeCodes(
    '',
    recipients
      .map((recipient) => {
        const code = fnv1a(recipient) & 0xfff;
        return base64url.charAt(code >>> 6) + base64url.charAt(code & 63);
      })
      .join(''),
  );
}

/** The set union, `codes` first, of at most 32 members. */
export function mergeCodes(codes: string, more: string): string {
  const all = `${codes}${more}`.match(/../g) ?? [];
  return [...new Set(all)].slice(0, mostRecipientCodes).join('');
}

/** Members of a set of codes. */
export function countCodes(codes: string): number {
  return codes.length / 2;
}

export function epochOf(day: number): number {
  return Math.floor(day / epochDays);
}

/** Messages in the last 60 minutes, from the counts of two clock hours, taking the earlier one as evenly spread. */
export function slidingHour(thisHour: number, previousHour: number, at: Date): number {
  return Math.round(thisHour + (1 - passedOfHour(at)) * previousHour);
}

/** Share of the clock hour that has passed, 0 to 1. */
export function passedOfHour(at: Date): number {
  return at.getTime() / 3_600_000 - hourOf(at);
}
