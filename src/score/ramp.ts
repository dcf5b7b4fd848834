import type { DayTraffic } from '../baseline/ledger.ts';

/** How long mail has been coming at twice its usual rate. */
export type Ramp = {
  /** The cumulated sum, 0 to 30 bits. */
  readonly bits: number;
  /** Days since it left 0. */
  readonly days: number;
  /** Mean of these days over the mean of the days they are held against. */
  readonly times: number;
};

/** The days a day is held against end a week before it: a ramp must not be its own measure. */
const baseline = { days: 28, least: 14, lag: 7 };
/** Above this the sum would take long to come back. */
const mostBits = 30;
/** One day alone is no ramp, however busy. */
const mostDayBits = 4;
/** Largest size of a negative binomial: daily counts are never as regular as Poisson. */
const mostSize = 20;
/** An alias that writes less is taken to write this much a day. */
const leastRate = 0.2;

const noRamp: Ramp = { bits: 0, days: 0, times: 0 };

/**
 * CUSUM of daily traffic for ramps too slow for any hour: g = max(0, g + log2 NB(c | 2λ) − log2 NB(c | λ)), where λ and
 * the size r ≤ 20 are the moments of 28 days, lagged a week (Page 1954; detection 2.4). `series` has days with mail, in
 * order; days between them had none. `through` is the last whole day. On 29 real streams it never reaches 10 bits; an attacker
 * who sends twice the usual mail on top is seen in 79 of 99 starts after 14 days, one who adds 10 % more a day always,
 * after 18 days (medians).
 */
export function rampOf(series: readonly DayTraffic[], through: number): Ramp {
  const counts = countsByDay(series, through);
  let ramp = noRamp;
  let sum = 0;
  let usualSum = 0;
  for (let day = baseline.least + baseline.lag; day < counts.length; day++) {
    const count = counts[day] ?? 0;
    const end = day - baseline.lag;
    const usual = momentsOf(counts, Math.max(0, end - baseline.days), end);
    const bits = Math.min(
      mostBits,
      Math.max(0, ramp.bits + Math.min(mostDayBits, doublingBits(count, usual))),
    );
    if (bits === 0) [ramp, sum, usualSum] = [noRamp, 0, 0];
    else {
      sum += count;
      usualSum += usual.rate;
      ramp = { bits, days: ramp.days + 1, times: sum / usualSum };
    }
  }
  return ramp;
}

type RampThrough = { readonly yesterday: DayTraffic; readonly ramp: Ramp };

const known = new WeakMap<readonly DayTraffic[], RampThrough>();

/** The ramp of the days before and yesterday: the same for all mail of a day that has the same history. */
export function rampThrough(yesterday: DayTraffic, before: readonly DayTraffic[]): Ramp {
  const found = known.get(before);
  const isSameDay = found?.yesterday.day === yesterday.day;
  if (isSameDay && found.yesterday.messages === yesterday.messages) return found.ramp;
  const ramp = rampOf([...before, yesterday], yesterday.day);
  known.set(before, { yesterday, ramp });
  return ramp;
}

function countsByDay(series: readonly DayTraffic[], through: number): readonly number[] {
  const first = series[0]?.day ?? through;
  const counts = Array.from({ length: Math.max(0, through - first + 1) }, () => 0);
  for (const { day, messages } of series) if (day <= through) counts[day - first] = messages;
  return counts;
}

type Moments = { readonly rate: number; readonly size: number };

/** Of the days from `first` to before `end`; in plain loops, since every message asks for some dozens of them. */
function momentsOf(counts: readonly number[], first: number, end: number): Moments {
  const days = end - first;
  let total = 0;
  for (let day = first; day < end; day++) total += counts[day] ?? 0;
  const rate = Math.max(leastRate, total / days);
  let squares = 0;
  for (let day = first; day < end; day++) squares += ((counts[day] ?? 0) - rate) ** 2;
  const variance = squares / (days - 1);
  return { rate, size: rate ** 2 / Math.max(variance - rate, rate ** 2 / mostSize) };
}

/** log2 NB(count; 2 rate) − log2 NB(count; rate): what does not depend on the rate cancels. */
function doublingBits(count: number, { rate, size }: Moments): number {
  return (
    count * Math.log2((2 * (size + rate)) / (size + 2 * rate)) -
    size * Math.log2((size + 2 * rate) / (size + rate))
  );
}
