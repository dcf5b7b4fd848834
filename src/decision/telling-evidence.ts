import type { SignalId } from '../features/signals.ts';
import type { Score } from '../score/score.ts';

/** Evidence below this says nothing on its own: the signal is hardly more likely in an attack than in honest mail. */
const leastBits = 1;

/** Where a victim is told to turn by telephone or with money. No benign cause brings one (measured C11). */
const contactPoints: readonly SignalId[] = ['phone', 'wallet'];

/** Everywhere else a victim may be led. */
const waysOut: readonly SignalId[] = [
  ...contactPoints,
  'link',
  'bare-domain',
  'mail-domain',
  'reply-to',
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
