import * as z from 'zod';

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('Entries of a page'),
  after: z.string().min(1).max(500).optional().describe('`next` of the page before'),
};

/** A page of something. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).readonly(),
    next: z.string().nullable().describe('`after` of the next page; null on the last one'),
  });
}

/** The part of a query that asks for a page. */
export function pageRequest({ limit, after }: { limit: number; after?: string | undefined }) {
  return after === undefined ? { limit } : { limit, after };
}

/** Where a list says no more than its entries: a full page may have another after its last one. */
export function pageByLast<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit }: { limit: number },
) {
  return { items, next: items.length < limit ? null : (items.at(-1)?.id ?? null) };
}

/** Leaves out what was not given, for types that know no `undefined`. */
export function given<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]: Exclude<Fields[Name], undefined>;
  };
}
