import type { Pack } from '../alias/alias.ts';
import { isEstablished } from '../baseline/novelty.ts';
import { mostLookups, type Observation } from '../baseline/store.ts';
import type { ValueRecord } from '../baseline/value-record.ts';
import { DistinctValues, type Value } from './distinct-values.ts';
import { forwarderValues } from './forwarding.ts';
import { noLanguage, type Features } from '../features/features.ts';
import { oncePerObject } from '../once-per.ts';
import { isInherited, type InheritedValues } from './inherited-values.ts';
import { ownMarks } from './own-marks.ts';

/** What history and pack know of the values of one message. */
export type KnownValues = {
  readonly recordOf: (value: Value) => ValueRecord | null;
  /** Established by history, here or on another alias of the vendor, by a person's word, or the vendor's own by its pack. */
  readonly isOrdinary: (value: Value) => boolean;
};

/** The value of table `reach` whose days tell how long the sending path has been known. */
export const pathReach: Value = { table: 'reach', value: 'path' };

/** Mail without a language of its own: what is typed into it brings one, and no usual one is gone. */
export const unspoken: { readonly table: 'language'; readonly value: string } = {
  table: 'language',
  value: noLanguage,
};

/** Tables whose values a redesign replaces as a whole. */
const replaceableTables: ReadonlySet<string> = new Set(['domain', 'layout']);

export function isReplaceable({ table }: Value): boolean {
  return replaceableTables.has(table);
}

/** How a value of flagged mail is called in table `pending`. */
export function pendingName({ table, value }: Value): string {
  return `${table} ${value}`;
}

/** Values to look up for a message, distinct, at most `mostLookups`; the store answers in this order. */
export function lookupsOf(features: Features): readonly Value[] {
  return lookups(features).all;
}

/** A message asks twice, for the request to the store and for its answer, and again for each set of rules. */
const lookups = oncePerObject(collectLookups);

function collectLookups(features: Features): DistinctValues {
  const values = new DistinctValues(mostLookups);
  if (features.hasPath) values.add(pathReach.table, pathReach.value);
  for (const { table, value } of forwarderValues(features)) values.add(table, value);
  for (const { table, value } of features.sightings) values.add(table, value);
  values.add(unspoken.table, unspoken.value);
  for (const { table, value } of Object.values(ownMarks)) values.add(table, value);
  for (const sighting of features.sightings)
    if (isReplaceable(sighting)) values.add('pending', pendingName(sighting));
  for (const { value } of features.subjectWords) values.add('subject-word', value);
  for (const { value } of features.commonWords) values.add('body-word', value);
  for (const { value } of features.sentences) values.add('line', value);
  return values;
}

/** Joins the store's answer to `lookupsOf` with the pack. */
export function knowValues(
  features: Features,
  observation: Observation,
  given: {
    readonly pack: Pack | null;
    readonly today: number;
    readonly inherited?: InheritedValues;
    readonly approved?: ReadonlySet<string>;
  },
): KnownValues {
  const asked = lookups(features);
  const isPacked = packedValues(given.pack);
  const inherited = given.inherited ?? new Set();
  const approved = withWhatFollows(features, given.approved ?? new Set());
  const recordOf = (value: Value) => observation.records[asked.placeOf(value) ?? -1] ?? null;
  return {
    recordOf,
    isOrdinary: (value) =>
      isPacked(value) ||
      (approved.size > 0 && approved.has(nameOf(value))) ||
      isInherited(value, inherited, observation.snapshot) ||
      isEstablished(value.table, recordOf(value), observation.reach, given.today),
  };
}

/**
 * A domain that a person approved brings its paths along, and its top-level domain where no other domain of the message
 * is under it.
 */
function withWhatFollows(
  { sightings }: Pick<Features, 'sightings'>,
  approved: ReadonlySet<string>,
): ReadonlySet<string> {
  if (approved.size === 0) return approved;
  const topLevel = (domain: string) => domain.slice(domain.lastIndexOf('.'));
  const others = sightings.filter(
    ({ table, value }) =>
      table === 'domain' && !value.startsWith('.') && !approved.has(`domain ${value}`),
  );
  const disputed = new Set(others.map(({ value }) => topLevel(value)));
  const following = sightings.filter(({ table, value }) => {
    if (table === 'path-shape') return approved.has(`domain ${value.slice(0, value.indexOf('/'))}`);
    const isTopLevel = table === 'domain' && value.startsWith('.');
    return isTopLevel && !disputed.has(value) && hasDomainUnder(approved, value);
  });
  return new Set([...approved, ...following.map(nameOf)]);
}

function hasDomainUnder(approved: ReadonlySet<string>, topLevel: string): boolean {
  return [...approved].some((name) => name.startsWith('domain ') && name.endsWith(topLevel));
}

/** Whether a value is the vendor's own; a pack is taken apart once. */
function packedValues(pack: Pack | null): (value: Value) => boolean {
  if (pack === null) return () => false;
  const tables = tablesOf(pack);
  return ({ table, value }) => tables.get(table)?.has(value) === true;
}

const tablesOf = oncePerObject((pack: Pack): ReadonlyMap<string, ReadonlySet<string>> => {
  const topLevel = (domain: string) => domain.slice(domain.lastIndexOf('.'));
  return new Map([
    ['domain', new Set(pack.linkDomains.flatMap((domain) => [domain, topLevel(domain)]))],
    ['line', new Set(pack.boilerplate)],
    ['contact', new Set(pack.phones)],
    ['reply-to', new Set(pack.replyToDomains)],
    ['mail-from', new Set(pack.bounceDomains)],
  ]);
});

function nameOf({ table, value }: Value): string {
  return `${table} ${value}`;
}
