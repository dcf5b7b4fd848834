import { wilsonInterval } from './interval.ts';

/** How many of `n` were tagged (or more) and how many of them would be held. */
export type Share = { readonly n: number; readonly tagged: number; readonly quarantined: number };

export type Flags = { readonly tagged: boolean; readonly quarantined: boolean };

export function shareOf(results: readonly Flags[]): Share {
  return {
    n: results.length,
    tagged: results.filter(({ tagged }) => tagged).length,
    quarantined: results.filter(({ quarantined }) => quarantined).length,
  };
}

/** `2 of 2,906 (95 %: 0.19 to 2.51 in 1,000)`. */
export function rateText(events: number, trials: number): string {
  const [low, high] = wilsonInterval(events, trials);
  return `${events} of ${trials} (95 %: ${(1000 * low).toFixed(2)} to ${(1000 * high).toFixed(2)} in 1,000)`;
}

/** `98 %`, or `-` for nothing. */
export function percentText(events: number, trials: number): string {
  return trials === 0 ? '-' : `${Math.round((100 * events) / trials)} %`;
}

/** Groups in order of their names. */
export function groupsOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  return [...Map.groupBy(items, nameOf)].sort(([left], [right]) =>
    left < right ? -1 : left > right ? 1 : 0,
  );
}
