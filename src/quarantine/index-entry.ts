import type { HeldFilter, PageRequest } from '../review/review.ts';
import { placeOf, placeOfTime, readPlace } from './held-order.ts';
import type { Marker } from './index-marks.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { HeldSummary } from './quarantine.ts';
import type { IndexEntry, IndexQuery } from './quarantine-index.ts';
import { sealAll, unseal } from './sealed-bytes.ts';

/** Where an entry was read from. */
export type EntrySource = {
  readonly directory: string;
  readonly version: number;
  readonly marker: Marker;
  readonly ring: KeyRing | null;
};

export function indexEntryOf(
  held: HeldSummary,
  { directory, version, marker, ring }: EntrySource,
): IndexEntry {
  const json = JSON.stringify(held);
  return {
    id: held.id,
    directory,
    place: placeOf(held),
    state: held.state,
    alias: held.alias,
    campaign: held.campaign,
    bytes: held.sizeBytes,
    expiresAt: Date.parse(held.expiresAt),
    closedAt: held.closedAt === null ? 0 : Date.parse(held.closedAt),
    isNoticed: held.expiryNoticedAt !== null,
    version,
    marks: marker.marksOf(held),
    body: ring === null ? json : sealAll(ring, Buffer.from(json)).toString('base64'),
  };
}

/** @throws QuarantineError `locked` or `damaged`. */
export function summaryIn(body: string, ring: KeyRing | null): HeldSummary {
  // The index is ours, and is filled only from descriptions that were checked.
  if (body.startsWith('{')) return summaryOf(body);
  if (ring === null)
    throw new QuarantineError('locked', 'it is encrypted: name the key file of the quarantine');
  return summaryOf(unseal(Buffer.from(body, 'base64'), ring).toString());
}

/** The index may have been filled before a field was there. */
function summaryOf(json: string): HeldSummary {
  return { onlyUnder: '', ...(JSON.parse(json) as Omit<HeldSummary, 'onlyUnder'>) };
}

/** @throws QuarantineError `invalid-id` for a place that no page ended with. */
export function indexQueryOf(
  filter: HeldFilter,
  { limit, after }: PageRequest,
  marker: Marker,
): IndexQuery {
  const { state = 'held', alias = null, campaign = null, since, until } = filter;
  return {
    state,
    alias,
    campaign,
    from: since === undefined ? null : placeOfTime(since),
    before: until === undefined ? null : placeOfTime(until),
    marks: marker.marksFor(filter),
    after: readPlace(after),
    limit,
  };
}
