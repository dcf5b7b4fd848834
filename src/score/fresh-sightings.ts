import type { History } from '../baseline/history.ts';
import { maturedDays } from '../baseline/value-record.ts';
import type { Sighting } from '../features/features.ts';
import { usualShare } from './honest-rate.ts';
import { unspoken, type KnownValues } from './known-values.ts';
import type { Marks } from './own-marks.ts';

/** Of an alias's mail, a language or a layout of so much is one of its own, established or not. */
const leastOwnShare = 0.05;

/**
 * Tables in which such a share, of messages and of days, makes a value ordinary: what only some recipients ever get is
 * never established. Only tables that lead a reader nowhere, since a patient attacker can buy a share.
 */
const sharedTables: ReadonlySet<string> = new Set(['layout', 'path-shape']);
/** … and so many matured days. */
const leastOwnDays = 7;

/** An alias whose mail is mostly names and numbers has no language that could go, unless its own sentences are gone. */
const unspokenShare = 0.5;

/** What is not ordinary. A path shape under a new domain would only repeat the new domain (measured C8). */
export function freshSightings(
  sightings: readonly Sighting[],
  {
    known,
    history,
    marks,
    today,
  }: {
    readonly known: KnownValues;
    readonly history: History;
    readonly marks: Marks;
    readonly today: number;
  },
): readonly Sighting[] {
  const shareOf = (value: Pick<Sighting, 'table' | 'value'>) =>
    usualShare(known.recordOf(value), history, today);
  const isOwn = (sighting: Sighting) => {
    if (!sharedTables.has(sighting.table) || shareOf(sighting) < leastOwnShare) return false;
    const record = known.recordOf(sighting);
    return record !== null && maturedDays(record, today) >= leastOwnDays;
  };
  const fresh = sightings.filter((sighting) => !known.isOrdinary(sighting) && !isOwn(sighting));
  const newDomains = new Set(
    fresh.filter(({ table }) => table === 'domain').map(({ value }) => value),
  );
  // Whoever fills a slot cannot take the template's own language out of a message.
  const keepsLanguage =
    (shareOf(unspoken) >= unspokenShare && !marks.gone.includes('text')) ||
    sightings.some(
      (sighting) =>
        sighting.signal === 'language' &&
        (known.isOrdinary(sighting) || shareOf(sighting) >= leastOwnShare),
    );
  return fresh.filter(
    ({ signal, value }) =>
      !(signal === 'path-shape' && newDomains.has(value.slice(0, value.indexOf('/')))) &&
      !(signal === 'language' && (keepsLanguage || value === unspoken.value)),
  );
}
