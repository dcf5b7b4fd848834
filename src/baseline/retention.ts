import type { StoreLimits } from './store.ts';
import type { ValueRecord } from './value-record.ts';

/**
 * What leaves an alias's memory, and when. Everything may overshoot by about a tenth before it is cut back in bulk, so
 * that cutting costs little per message. The Redis scripts follow the same rules.
 */

/** Signatures per alias and epoch; those that reached fewest recipients leave first. */
export const signaturesPerEpoch = { keep: 450, most: 500 };
/** Latest commits of an alias that are recognised when they come again. */
export const appliedCommits = { keep: 1000, most: 1100 };
/** Clock hours of an alias; those further than `keepWithin` from the written one leave. */
export const hours = { keepWithin: 26, most: 53 };

/** Days of an alias with their traffic; the oldest leave. */
export const trafficDays = { keep: 64, most: 80 };
/** Actors of an alias; those silent longest leave first. Below 512 Redis packs a hash densely. */
export const actors = { keep: 450, most: 500 };

export const signatureDays = 8;
/** Days that commits are recognised, in Redis to the second. */
export const appliedDays = 3;
export const hourDays = 2;
export const actorDays = 2;

/**
 * Whether a commit of that day is still recognised for certain if it ever came (of an alias with fewer than
 * `appliedCommits.keep`). A commit comes on its day or later. `today` is the machine's day.
 */
export function areCommitsKnown(day: number, today: number): boolean {
  return day > today - appliedDays;
}

/** Day buckets: the window, and room for nodes whose clocks are days apart. */
export function bucketBounds(limits: StoreLimits): {
  readonly keep: number;
  readonly most: number;
} {
  return { keep: limits.windowDays + 4, most: limits.windowDays + 12 };
}

/** Days that leave, oldest first. */
export function outdatedBuckets(days: readonly number[], limits: StoreLimits): readonly number[] {
  const { keep, most } = bucketBounds(limits);
  return days.length > most ? days.toSorted((a, b) => a - b).slice(0, days.length - keep) : [];
}

export function valueCap(table: string, limits: StoreLimits): number {
  return table === 'recipient' ? limits.recipients : limits.valuesPerTable;
}

/** How many of `size` values leave a table. */
export function surplusValues(size: number, cap: number): number {
  return size > cap + Math.floor(cap / 10) ? size - cap : 0;
}

/**
 * Where all tables together hold too much, the largest of those just `touched` gives way, down to a sixteenth of the
 * whole; the small closed tables, which tell most, never do.
 */
export function crowdedTable(
  sizes: ReadonlyMap<string, number>,
  touched: readonly string[],
  limits: StoreLimits,
): { readonly table: string; readonly surplus: number } | null {
  const surplus = surplusValues(
    [...sizes.values()].reduce((sum, size) => sum + size, 0),
    limits.values,
  );
  const [largest] = touched
    .map((table) => ({ table, size: sizes.get(table) ?? 0 }))
    .toSorted((a, b) => b.size - a.size);
  if (surplus === 0 || largest === undefined) return null;
  const spare = largest.size - Math.floor(limits.values / 16);
  return spare > 0 ? { table: largest.table, surplus: Math.min(surplus, spare) } : null;
}

/** The `surplus` values learned longest ago; among equals the rarer, then the first by its bytes. */
export function outdatedValues(
  records: ReadonlyMap<string, ValueRecord>,
  surplus: number,
): readonly string[] {
  const byAge = (
    [a, left]: readonly [string, ValueRecord],
    [b, right]: readonly [string, ValueRecord],
  ) =>
    left.lastDay - right.lastDay ||
    left.count - right.count ||
    Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...records]
    .sort(byAge)
    .slice(0, surplus)
    .map(([value]) => value);
}
