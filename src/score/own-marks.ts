import type { History } from '../baseline/history.ts';
import type { Features } from '../features/features.ts';
import { usualShare } from './honest-rate.ts';
import type { KnownValues, Value } from './known-values.ts';

/**
 * What an alias's own template puts into its mail. Whoever fills a slot adds to a message and cannot take these away:
 * where they are gone, the vendor has changed something.
 */
export const ownMarks = {
  links: { table: 'reach', value: 'own-links' },
  text: { table: 'reach', value: 'own-text' },
} as const satisfies Readonly<Record<string, Value>>;

export type OwnMark = keyof typeof ownMarks;

/** More than half of the mail makes it usual. */
const usualFrom = 0.5;

/** Whether the message leads to the vendor or a domain that is ordinary for the alias; holds a sentence that is. */
export function hasMark(
  mark: OwnMark,
  { linksHome, sightings, sentences }: Features,
  { isOrdinary }: Pick<KnownValues, 'isOrdinary'>,
): boolean {
  if (mark === 'text') return sentences.some(({ value }) => isOrdinary({ table: 'line', value }));
  return (
    linksHome || sightings.some((sighting) => sighting.signal === 'link' && isOrdinary(sighting))
  );
}

/** Whether most mail of the alias has it and this message has not. */
export function isGone(
  mark: OwnMark,
  features: Features,
  {
    known,
    history,
    today,
  }: { readonly known: KnownValues; readonly history: History; readonly today: number },
): boolean {
  const share = usualShare(known.recordOf(ownMarks[mark]), history, today);
  return share >= usualFrom && !hasMark(mark, features, known);
}
