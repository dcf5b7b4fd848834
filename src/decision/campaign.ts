import { hash } from 'node:crypto';
import type { Features, Sighting } from '../features/features.ts';
import type { SignalId } from '../features/signals.ts';
import type { Readings } from '../score/readings.ts';
import type { Score } from '../score/score.ts';
import { carries } from './telling-evidence.ts';

/** What one flagged message has in common with other copies of the same attack. Hashes only. */
export type Campaign = {
  /** 12 hex digits: the same for the same alias and the same most telling thing, on whatever day. */
  readonly id: string;
  /** What tells it: a signal whose value copies share, their new text, or nothing but the pattern of signals. */
  readonly by: SignalId | 'text' | 'pattern';
  /** Names of what copies share, without the alias, most telling first, at most 15; copies may share any of them. */
  readonly keys: readonly string[];
  /** Hashes of the words and sentences that the alias never wrote, at most 40. */
  readonly text: readonly string[];
};

export type CampaignInput = {
  readonly alias: string;
  readonly score: Score;
  readonly features: Pick<Features, 'signatureHash' | 'subject' | 'sentences'>;
  readonly readings: Pick<Readings, 'fresh' | 'newText' | 'startingUp'>;
};

/** Where a victim is to turn, most telling first: what an attacker must keep the same to earn anything. */
export const tellingSignals = [
  'phone',
  'wallet',
  'reply-to',
  'mail-domain',
  'link',
  'bare-domain',
] as const;
const contactPoints: readonly SignalId[] = ['phone', 'wallet'];

const maxValues = 8;
const maxText = 40;
/** Lure language that is worded on purpose: a sentence of this many bits, a subject of this many different words. */
const leastLure = { bits: 9, words: 4 };
const maxLures = 5;
/** New words and sentences below which text does not tell one message from another. */
const leastText = 4;

/**
 * Names what a flagged message shares with its copies, so that they are one alert (detection 1.5, 2.8): its most telling
 * fresh value; else, where a signature is replayed, the signature; else its new text; else the signals that carry it.
 * Wording is shared as well where every copy has a number of its own.
 */
export function campaignOf({ alias, score, features, readings }: CampaignInput): Campaign {
  const { by, values } = tellingValues(score, readings.fresh);
  const text = newTextOf(readings.newText);
  const isReplayed = features.signatureHash !== null && carries(score, 'signature-reuse');
  // To an alias without history its own template is new: there text tells messages apart only for want of a value.
  const textTells = text.length >= leastText && !(readings.startingUp.content && values.length > 0);
  const textKeys = [
    ...lureKeys(features, readings.newText),
    ...(textTells ? textKey(readings.newText) : []),
  ];
  const keys = [
    ...values.map(({ table, value }) => digest(table, value)),
    ...(isReplayed ? [digest('signature', features.signatureHash)] : []),
    ...textKeys,
  ];
  const pattern = score.terms.filter((term) => carries(score, term.signal as SignalId));
  const [key = digest('pattern', ...pattern.map(({ signal }) => signal).sort())] = keys;
  const told = isReplayed ? 'signature-reuse' : textKeys.length > 0 ? 'text' : 'pattern';
  return { id: digest(alias, key), by: by ?? told, keys, text: textTells ? text : [] };
}

function newTextOf(newText: readonly string[]): readonly string[] {
  return [...new Set(newText)].sort().slice(0, maxText);
}

/** Name of all new text together, where there is enough of it. */
export function textKey(newText: readonly string[]): readonly string[] {
  const text = newTextOf(newText);
  return text.length >= leastText ? [digest('text', ...text)] : [];
}

function tellingValues(
  score: Score,
  fresh: readonly Sighting[],
): { readonly by: SignalId | null; readonly values: readonly Sighting[] } {
  for (const by of tellingSignals) {
    const values = fresh.filter(({ signal }) => signal === by);
    // A link that says nothing may be anybody's; a telephone number that is not the vendor's never is.
    if (values.length > 0 && (contactPoints.includes(by) || carries(score, by)))
      return { by, values: values.slice(0, maxValues) };
  }
  return { by: null, values: [] };
}

/** The wording of a lure, digits and names masked: the same through any vendor, and no vendor's own. */
export function lureKeys(
  { subject, sentences }: CampaignInput['features'],
  newText: readonly string[],
): readonly string[] {
  const words = [...new Set(subject.hits.map(({ word }) => word))].sort();
  const lures = sentences.filter(
    ({ hits, value }) =>
      newText.includes(value) &&
      hits.reduce((sum, { weightBits }) => sum + weightBits, 0) >= leastLure.bits,
  );
  return [
    ...(words.length >= leastLure.words ? [digest('lure', ...words)] : []),
    ...lures.map(({ value }) => digest('line', value)),
  ].slice(0, maxLures);
}

/** How campaigns name what copies share: 12 hex digits. */
export function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\0')).slice(0, 12);
}
