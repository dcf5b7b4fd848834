import { LRUCache } from 'lru-cache';
import { cachedSnapshots } from '../../../src/baseline/ledger.ts';

/** `even`: every alias has as much mail as any other, the worst case for caches; `skewed`: alias k of them 1/k (Zipf). */
export type Spread = 'even' | 'skewed';

/** The number of the alias that writes next. */
export type PickAlias = () => number;

export function pickAlias(count: number, spread: Spread, random: () => number): PickAlias {
  if (spread === 'even') return () => Math.floor(random() * count);
  let total = 0;
  const upTo = Float64Array.from({ length: count }, (_, index) => (total += 1 / (index + 1)));
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * What a message may find: it is the `first` of its alias on a day, and the snapshot is built; or a `later` one, with the
 * snapshot at hand; or one `far` from the last of its alias, so that the snapshot is fetched again, since a process keeps
 * those of `cachedSnapshots` aliases at hand.
 */
export const kinds = ['first', 'later', 'far'] as const;
export type Kind = (typeof kinds)[number];

/** What share of the messages of a day finds what; messages that are picked are counted over some days. */
export function sharesOf(pick: PickAlias, perDay: number): Readonly<Record<Kind, number>> {
  const counts = { first: 0, later: 0, far: 0 };
  const atHand = new LRUCache<number, true>({ max: cachedSnapshots });
  const days = Math.max(3, Math.ceil(20_000 / perDay));
  for (let day = 0; day < days; day++) {
    const today = new Set<number>();
    for (let message = 0; message < perDay; message++) {
      const alias = pick();
      // The first day fills what is at hand.
      if (day > 0) counts[!today.has(alias) ? 'first' : atHand.has(alias) ? 'later' : 'far']++;
      today.add(alias);
      atHand.set(alias, true);
    }
  }
  const total = counts.first + counts.later + counts.far;
  return { first: counts.first / total, later: counts.later / total, far: counts.far / total };
}
