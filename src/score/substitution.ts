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

/** Days with mail before a value appeared that say what is usual. */
const leastDaysBefore = 14;
const usualDays = 28;

/** Watched messages of today so far; `share` of the day is over. */
export type TrafficToday = {
  readonly day: number;
  readonly messages: number;
  readonly share: number;
};

/** Watched messages by day, from the first that is known of. */
export type TrafficByDay = {
  readonly byDay: ReadonlyMap<number, number>;
  readonly firstKnown: number;
  readonly today: TrafficToday;
};

/** `series` goes through yesterday, in order. */
export function trafficByDay(series: readonly DayTraffic[], today: TrafficToday): TrafficByDay {
  return {
    byDay: new Map(series.map(({ day, messages }) => [day, messages])),
    firstKnown: series[0]?.day ?? Infinity,
    today,
  };
}

/**
 * The traffic since the first day of a value, that day left out: nobody knows how much of it came before the value. At
 * most its whole traffic can have carried it, so of the value's count at least the rest came later; a flood on the first
 * day cannot pass for a replacement of what honest mail carries after it. What is usual is told by days of the week, or a
 * quiet Sunday would look like the end of the old. Null where too little is known.
 */
export function substitutionOf(
  { firstDay, count }: Pick<ValueRecord, 'firstDay' | 'count'>,
  { byDay, firstKnown, today }: TrafficByDay,
): Substitution | null {
  if (firstDay - firstKnown < leastDaysBefore || today.day <= firstDay) return null;
  const from = Math.max(firstKnown, firstDay - usualDays);
  const since = Array.from({ length: today.day - firstDay }, (_, index) => firstDay + 1 + index);
  const total = since.reduce(
    (sum, day) => sum + (day === today.day ? today.messages : (byDay.get(day) ?? 0)),
    0,
  );
  const usualOn = usualByWeekday(from, firstDay, byDay);
  const usual = since.reduce(
    (sum, day) => sum + (usualOn[day % 7] ?? 0) * (day === today.day ? today.share : 1),
    0,
  );
  if (usual === 0) return null;
  const later = Math.min(total, Math.max(0, count - (byDay.get(firstDay) ?? 0)));
  return { total, established: total - later, usual };
}

/** Mean of each day of the week, by day number modulo 7, from `from` to before `until`. */
function usualByWeekday(
  from: number,
  until: number,
  byDay: TrafficByDay['byDay'],
): readonly number[] {
  const sums = Array.from({ length: 7 }, () => ({ messages: 0, days: 0 }));
  for (let day = from; day < until; day++) {
    const sum = sums[day % 7];
    if (!sum) continue;
    sum.messages += byDay.get(day) ?? 0;
    sum.days += 1;
  }
  return sums.map(({ messages, days }) => messages / Math.max(1, days));
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
