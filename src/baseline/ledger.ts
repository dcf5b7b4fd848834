import { winsorized } from './winsorize.ts';

/**
 * The ledger of one alias: plain counters in day buckets. Effects only add, so processes may interleave; the
 * snapshot that scoring reads is a pure function of matured buckets, so a poisoned day is forgotten by dropping it.
 */
export type Counters = Readonly<Record<string, number>>;

/** What was learned on a day waits this long before scoring sees it (DESIGN 7). */
export const maturationDays = 2;

export const dayMs = 86_400_000;

/** Days since 1970-01-01 UTC. */
export function dayOf(time: Date): number {
  return Math.floor(time.getTime() / dayMs);
}

/** Hours since 1970-01-01 00:00 UTC. */
export function hourOf(time: Date): number {
  return Math.floor(time.getTime() / 3_600_000);
}

export function addCounters(left: Counters, right: Counters): Counters {
  const sum: Record<string, number> = { ...left };
  for (const [name, amount] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

/** What is left of `left`, never less than nothing; a counter at nothing is gone. */
export function subtractCounters(left: Counters, right: Counters): Counters {
  const rest = Object.entries(left).map(
    ([name, amount]) => [name, amount - (right[name] ?? 0)] as const,
  );
  return Object.fromEntries(rest.filter(([, amount]) => amount > 0));
}

/** Matured history of one alias, summed. */
export type Snapshot = {
  /** Changes whenever the content may have changed; equal versions are equal snapshots. */
  readonly version: string;
  /** Matured days on which something was learned, within the window. */
  readonly days: number;
  /** The first of them (day number), or null. */
  readonly firstDay: number | null;
  /** Summed after each day's events were clipped (winsorize.ts). */
  readonly counters: Counters;
  /** Watched messages of each of the last 60 matured days that had any, flagged or not, in order. */
  readonly daily: readonly DayTraffic[];
};

/** Snapshots that a process keeps at hand; those of other aliases are fetched again, which costs little. */
export const cachedSnapshots = 2000;

export type DayTraffic = { readonly day: number; readonly messages: number };

/** Days of `Snapshot.daily`. */
export const dailyDays = 60;

/** Sums the matured buckets from `today - windowDays` to `today - maturationDays`; `generation` is part of the version, `traffic` has messages by day. */
export function buildSnapshot(
  buckets: ReadonlyMap<number, Counters>,
  today: number,
  windowDays: number,
  generation: number,
  traffic: ReadonlyMap<number, number>,
): Snapshot {
  const through = today - maturationDays;
  const days = [...buckets.keys()]
    .filter((day) => day <= through && day > today - windowDays)
    .sort((a, b) => a - b);
  return {
    version: `${generation}.${through}`,
    days: days.length,
    firstDay: days[0] ?? null,
    counters: winsorized(days.map((day) => buckets.get(day) ?? {})).reduce<Counters>(
      addCounters,
      {},
    ),
    daily: [...traffic]
      .filter(([day]) => day <= through && day > through - dailyDays)
      .map(([day, messages]) => ({ day, messages }))
      .sort((a, b) => a.day - b.day),
  };
}
