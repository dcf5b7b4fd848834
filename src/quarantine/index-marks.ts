import { createHmac } from 'node:crypto';
import type { HeldFilter } from '../review/review.ts';
import { comparableAddress, comparableDomain, searchedText } from './held-filter.ts';
import { subkey, type KeyRing } from './key-ring.ts';
import type { HeldSummary } from './quarantine.ts';
import { searchWords } from './words.ts';

/** 36 bits: among 100,000 messages of 30 marks a wrong hit for one in 20,000 searches. */
const markLength = 6;

export type Marker = {
  /** ` abcdef ghijkl`: a keyed hash for each recipient, recipient domain and word, and for the rules without which it would not be held. */
  readonly marksOf: (held: HeldSummary) => string;
  /** What a filter looks for: of each list one, since a message may have been marked under a key of before. */
  readonly marksFor: (filter: HeldFilter) => readonly (readonly string[])[];
};

/** Searching needs no text in the index: only marks that nobody without the key can tell the word of. */
export function createMarker(ring: KeyRing | null): Marker {
  const keys = [
    ...(ring?.all ?? []).map((key) => subkey(key, 'aliaswatch quarantine marks')),
    Buffer.from('aliaswatch'),
  ];
  const [current = Buffer.alloc(0)] = keys;
  return {
    marksOf: (held) =>
      [...new Set(searchable(held))].map((what) => ` ${mark(current, what)}`).join(''),
    marksFor: (filter) => wanted(filter).map((what) => keys.map((key) => ` ${mark(key, what)}`)),
  };
}

function* searchable(held: HeldSummary): Generator<string> {
  for (const recipient of held.envelope.rcptTo) {
    yield recipientMark(recipient);
    yield domainMark(recipient);
  }
  if (held.onlyUnder !== '') yield onlyUnderMark(held.onlyUnder);
  for (const word of searchWords(searchedText(held))) yield `word ${word}`;
}

function wanted({ recipient, recipientDomain, onlyUnder, text }: HeldFilter): readonly string[] {
  return [
    ...(recipient === undefined ? [] : [recipientMark(recipient)]),
    ...(recipientDomain === undefined ? [] : [domainMark(recipientDomain)]),
    ...(onlyUnder === undefined ? [] : [onlyUnderMark(onlyUnder)]),
    ...(text === undefined ? [] : searchWords(text).map((word) => `word ${word}`)),
  ];
}

function recipientMark(address: string): string {
  return `recipient ${comparableAddress(address)}`;
}

/** Of a domain, or of that of an address. */
function domainMark(domain: string): string {
  return `domain ${comparableDomain(domain)}`;
}

function onlyUnderMark(version: string): string {
  return `only-under ${version}`;
}

function mark(key: Buffer, what: string): string {
  return createHmac('sha256', key).update(what).digest('base64url').slice(0, markLength);
}
