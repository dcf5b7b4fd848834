import type { SignalId } from '../features/signals.ts';
import type { Score } from '../score/score.ts';

/** Evidence below this says nothing on its own: the signal is hardly more likely in an attack than in honest mail. */
const leastBits = 1;

/** Where a victim is told to turn by telephone or with money. No benign cause brings one (measured C11). */
const contactPoints: readonly SignalId[] = ['phone', 'phone-lure', 'wallet'];

/** Everywhere else a victim may be led, and what is known of the place. */
const waysOut: readonly SignalId[] = [
  ...contactPoints,
  'link',
  'link-standing',
  'bare-domain',
  'mail-domain',
  'stranger-domain',
  'reply-to',
  'reply-to-standing',
  'stranger-reply-to',
];

/** The score rests on a telephone number or a wallet, in text or attachment, that is not ordinary here. */
export function hasContactPoint(score: Score): boolean {
  return contactPoints.some((signal) => carries(score, signal));
}

/** The score rests on something that leads the reader away from the vendor. */
export function leadsAway(score: Score): boolean {
  return waysOut.some((signal) => carries(score, signal));
}

/** Whether a signal brought more than a bit of the score. */
export function carries({ terms }: Score, signal: SignalId): boolean {
  return terms.some((term) => term.signal === signal && term.bits > leastBits);
}
