import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import { meets } from './held-filter.ts';
import { placeOf, readPlace } from './held-order.ts';
import type { UnreadableEntry } from './held-entries.ts';
import { summaryOf } from './held-states.ts';
import type { HeldMessage, HeldSummary } from './quarantine.ts';

type Found = { readonly place: string; readonly summary: HeldSummary };

/** A page out of entries in no order; keeps hardly more of them than the page holds. */
export async function pageOf(
  entries: AsyncIterable<HeldMessage | UnreadableEntry>,
  filter: HeldFilter,
  { limit, after }: PageRequest,
): Promise<HeldPage> {
  const end = readPlace(after);
  let found: Found[] = [];
  let total = 0;
  for await (const entry of entries) {
    if ('problem' in entry || !meets(entry, filter)) continue;
    total++;
    const place = placeOf(entry);
    if (end === null || place < end) found.push({ place, summary: summaryOf(entry) });
    if (found.length > 2 * limit + 100) found = newest(found, limit + 1);
  }
  const page = newest(found, limit + 1);
  const shown = page.slice(0, limit);
  const next = page.length > limit ? (shown.at(-1)?.place ?? null) : null;
  return { messages: shown.map(({ summary }) => summary), next, total };
}

function newest(found: readonly Found[], count: number): Found[] {
  return found.toSorted((a, b) => (a.place < b.place ? 1 : -1)).slice(0, count);
}
