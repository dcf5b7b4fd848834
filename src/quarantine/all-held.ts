import type { HeldFilter } from '../review/review.ts';
import type { HeldSummary, Quarantine } from './quarantine.ts';

const pageLimit = 500;

/** Every message that meets the filter, newest first, page by page. */
export async function* allHeld(
  quarantine: Pick<Quarantine, 'list'>,
  filter: HeldFilter = { state: 'any' },
): AsyncGenerator<HeldSummary> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Quarantine['list']>> = await quarantine.list(filter, {
      limit: pageLimit,
      ...(after === null ? {} : { after }),
    });
    yield* page.messages;
    after = page.next;
  } while (after !== null);
}
