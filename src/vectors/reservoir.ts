/** What a draw knows of a message: the day it came on and its key, a random number from 0 to 1. */
export type Drawn = { readonly day: number; readonly key: number };

/**
 * For each day the least key with which a message stays: of all messages of that day and later ones, the `most` largest
 * keys do. So the largest keys of the last days, however many days, are always there, and they are a uniform draw from
 * all mail of these days. What goes can never be among them again: who pushes it out is younger and stays longer.
 * About most × (1 + ln days) stay. Source: Babcock, Datar and Motwani 2002 (priority sampling over a moving window).
 */
export function leastKeys(drawn: readonly Drawn[], most: number): ReadonlyMap<number, number> {
  const days = Map.groupBy(drawn, ({ day }) => day);
  const least = new Map<number, number>();
  let largest: readonly number[] = [];
  for (const day of [...days.keys()].sort((left, right) => right - left)) {
    const keys = (days.get(day) ?? []).map(({ key }) => key);
    largest = [...largest, ...keys].sort((left, right) => right - left).slice(0, most);
    least.set(day, largest.length < most ? 0 : (largest.at(-1) ?? Infinity));
  }
  return least;
}
