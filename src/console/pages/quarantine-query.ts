import * as z from 'zod';
import type { HeldFilter, PageRequest } from '../../review/review.ts';

/** The query of the quarantine page, as its filter form sends it; what cannot be understood is left out. */
export type QuarantineQuery = {
  readonly filter: HeldFilter;
  readonly page: PageRequest;
  /** As it was typed, for the form and for links to other pages. */
  readonly typed: Readonly<Record<FilterField, string>>;
  /** Fields that were not understood. */
  readonly ignored: readonly string[];
};

export const filterFields = [
  'text',
  'state',
  'alias',
  'campaign',
  'recipient',
  'domain',
  'onlyUnder',
  'since',
  'until',
] as const;
export type FilterField = (typeof filterFields)[number];

const perPage = 50;
const word = z.string().trim().min(1).max(320);
const day = z.iso.date();
const readers = {
  text: word,
  state: z.enum(['held', 'released', 'deleted', 'any']),
  alias: word,
  campaign: word,
  recipient: word,
  domain: word,
  onlyUnder: word,
  since: day.transform((date) => `${date}T00:00:00.000Z`),
  // The day itself is meant as well, and `until` is not reached.
  until: day.transform((date) => dayAfter(date)),
} as const satisfies Record<FilterField, z.ZodType<string, string>>;

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString();
}

export function readQuarantineQuery(
  query: Readonly<Record<string, string | undefined>>,
): QuarantineQuery {
  const typed = Object.fromEntries(
    filterFields.map((name) => [name, (query[name] ?? '').slice(0, 320)]),
  ) as Record<FilterField, string>;
  const ignored: string[] = [];
  const read = <Field extends FilterField>(
    name: Field,
  ): z.output<(typeof readers)[Field]> | null => {
    if (typed[name].trim() === '') return null;
    const parsed = readers[name].safeParse(typed[name]);
    if (parsed.success) return parsed.data as z.output<(typeof readers)[Field]>;
    ignored.push(name);
    return null;
  };
  const given = {
    state: read('state'),
    alias: read('alias'),
    campaign: read('campaign'),
    recipient: read('recipient'),
    recipientDomain: read('domain'),
    onlyUnder: read('onlyUnder'),
    text: read('text'),
    since: read('since'),
    until: read('until'),
  };
  const filter = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null),
  ) as HeldFilter;
  const after = (query['after'] ?? '').slice(0, 200);
  return { filter, page: { limit: perPage, ...(after === '' ? {} : { after }) }, typed, ignored };
}
