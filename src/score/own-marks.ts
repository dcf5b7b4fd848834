import type { History } from '../baseline/history.ts';
import type { Features } from '../features/features.ts';
import { usualShare } from './honest-rate.ts';
import type { Value } from './distinct-values.ts';
import type { KnownValues } from './known-values.ts';

/**
 * What an alias's own template puts into its mail. Whoever fills a slot adds to a message and cannot take these away:
 * where they are gone, the vendor has changed something.
 */
export const ownMarks = {
  /** A link to the vendor, or to a domain that is ordinary for the alias. */
  links: { table: 'reach', value: 'own-links' },
  /** A sentence that is. */
  text: { table: 'reach', value: 'own-text' },
} as const satisfies Readonly<Record<string, Value>>;

export type OwnMark = keyof typeof ownMarks;

/** Marks of one message: those it has, and those that more than half of the alias's mail has and it has not. */
export type Marks = { readonly has: readonly OwnMark[]; readonly gone: readonly OwnMark[] };

const usualFrom = 0.5;

/** Looks for the marks of an alias in one of its messages. */
export function marksOf(
  { linksHome, sightings, sentences }: Features,
  {
    known,
    history,
    today,
  }: { readonly known: KnownValues; readonly history: History; readonly today: number },
): Marks {
  const isThere: Readonly<Record<OwnMark, boolean>> = {
    links:
      linksHome ||
      sightings.some((sighting) => sighting.signal === 'link' && known.isOrdinary(sighting)),
    text: sentences.some(({ value }) => known.isOrdinary({ table: 'line', value })),
  };
  const isUsual = (mark: OwnMark) =>
    usualShare(known.recordOf(ownMarks[mark]), history, today) >= usualFrom;
  const all = ['links', 'text'] as const;
  return {
    has: all.filter((mark) => isThere[mark]),
    gone: all.filter((mark) => !isThere[mark] && isUsual(mark)),
  };
}
