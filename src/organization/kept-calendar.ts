import type { LedgerStore } from './ledger-store.ts';
import { calendarKey } from './stored-names.ts';

const usuallyKeptMs = 10_000;

/**
 * The same store, with the calendar in memory: every look-up asks for it, and it says something new once a day. What is
 * changed here is heard of at once, what another process changes within ten seconds.
 */
export function keepCalendar(store: LedgerStore, keptMs = usuallyKeptMs): LedgerStore {
  let kept: { readonly record: string | null; readonly untilMs: number } | null = null;
  let changes = 0;
  const changing = async <Result>(change: Promise<Result>): Promise<Result> => {
    try {
      return await change;
    } finally {
      changes++; // also for who has asked, and is answered after this
      kept = null;
    }
  };
  return {
    read: async (keys) => {
      const place = keys.indexOf(calendarKey);
      if (place < 0) return store.read(keys);
      if (kept !== null && kept.untilMs > performance.now()) {
        const { record } = kept;
        const others = keys.filter((key) => key !== calendarKey);
        const found = others.length === 0 ? [] : await store.read(others);
        return found.toSpliced(place, 0, record);
      }
      const changesBefore = changes;
      const records = await store.read(keys);
      if (changes === changesBefore)
        kept = { record: records[place] ?? null, untilMs: performance.now() + keptMs };
      return records;
    },
    update: (...change) => changing(store.update(...change)),
    updateAll: (change) => changing(store.updateAll(change)),
    sizes: () => store.sizes(),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
