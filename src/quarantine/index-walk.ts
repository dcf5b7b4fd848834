import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IndexQuery } from './quarantine-index.ts';

/** Rows looked at in one go: a few milliseconds, so that mail does not wait for a search. */
const rowsAtOnce = 5000;

export type WalkStep = {
  /** Places of the rows that match, newest first; may be left out where they are only counted. */
  readonly hits: readonly string[];
  readonly count: number;
  /** The oldest row that was looked at; null at the end. */
  readonly next: string | null;
};

/** Looks through all rows of a query for its marks, newest first; finds its page and counts the rest. */
export async function walkMarks(
  { before, after, limit }: Pick<IndexQuery, 'before' | 'after' | 'limit'>,
  step: (before: string | null, rows: number, onlyCounted: boolean) => Promise<WalkStep>,
): Promise<{ readonly places: readonly string[]; readonly more: boolean; readonly total: number }> {
  const places: string[] = [];
  let total = 0;
  let end = before;
  do {
    const { hits, count, next } = await step(end, rowsAtOnce, places.length > limit);
    total += count;
    for (const place of hits)
      if (places.length <= limit && (after === null || place < after)) places.push(place);
    end = next;
    if (end !== null) await nextTurn();
  } while (end !== null);
  return { places: places.slice(0, limit), more: places.length > limit, total };
}
