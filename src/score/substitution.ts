import type { DayTraffic } from '../baseline/ledger.ts';
import type { ValueRecord } from '../baseline/value-record.ts';
import { lnGamma } from './beta-function.ts';

/** Traffic since a value appeared. */
export type Substitution = {
  /** Messages in all. */
  readonly total: number;
  /** Of these, messages with the established values of the same table. */
  readonly established: number;
  /** Messages the alias usually sends in that time. */
  readonly usual: number;
};

/** Regularity of traffic: the size of its negative binomial. */
const size = 20;
/** What a redesign may leave of the old values. */
const restShare = 0.1;

/**
 * Redesign or attack? A redesign replaces the old value at an unchanged total, an attack comes on top: log2 of the ratio
 * of both, positive for a replacement (detection 2.9).
 */
export function substitutionBits({ total, established, usual }: Substitution): number {
  return (
    log2NegativeBinomial(total, usual) +
    log2Poisson(established, restShare * usual) -
    log2NegativeBinomial(established, usual) -
    log2Poisson(total - established, total - established)
  );
}

const mostBits = { replaced: 9, added: -10 };

/** What the test makes of the prior of a redesign: 2^-10 to 2^9. */
export function redesignFactor(bits: number): number {
  return 2 ** Math.max(mostBits.added, Math.min(mostBits.replaced, bits));
}

/** Days a value must have been coming for, and days before it that say what is usual. */
const least = { days: 3, daysBefore: 14 };

/**
 * The traffic since the first day of a learned value, that day left out: its messages are those it was learned from, all
 * others carry what is established. Null where too little is known. What was flagged is not learned, so a replacement is
 * understated, never an attack's: whoever adds mail cannot take the vendor's own away.
 */
export function substitutionOf(
  record: ValueRecord,
  series: readonly DayTraffic[],
  today: number,
): Substitution | null {
  const { firstDay, count } = record;
  const since = today - 1 - firstDay;
  const firstKnown = series[0]?.day ?? firstDay;
  const daysBefore = Math.min(28, firstDay - firstKnown);
  if (since < least.days || daysBefore < least.daysBefore) return null;
  const sum = (from: number, through: number) =>
    series.reduce(
      (messages, each) =>
        each.day >= from && each.day <= through ? messages + each.messages : messages,
      0,
    );
  const total = sum(firstDay + 1, today - 1);
  const perDay = sum(firstDay - daysBefore, firstDay - 1) / daysBefore;
  return { total, established: Math.max(0, total - count), usual: perDay * since };
}

function log2NegativeBinomial(count: number, mean: number): number {
  const ln =
    lnGamma(count + size) -
    lnGamma(size) -
    lnGamma(count + 1) +
    size * Math.log(size / (size + mean)) +
    (count === 0 ? 0 : count * Math.log(mean / (size + mean)));
  return ln / Math.LN2;
}

function log2Poisson(count: number, mean: number): number {
  if (mean === 0) return count === 0 ? 0 : -Infinity;
  return (count * Math.log(mean) - mean - lnGamma(count + 1)) / Math.LN2;
}
