import type { Pack } from '../alias/alias.ts';
import { isEstablished } from '../baseline/novelty.ts';
import type { Observation } from '../baseline/store.ts';
import type { ValueRecord } from '../baseline/value-record.ts';
import { forwarderValues } from './forwarding.ts';
import type { Features } from '../features/features.ts';
import { noLanguage } from '../features/identity.ts';
import { isInherited, type InheritedValues } from './inherited-values.ts';
import { ownMarks } from './own-marks.ts';

export type Value = { readonly table: string; readonly value: string };

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

const maxLookups = 768;

/** Values to look up for a message, distinct, at most 768; the store answers in this order. */
export function lookupsOf(features: Features): readonly Value[] {
  const values: readonly Value[] = [
    ...(features.hasPath ? [pathReach] : []),
    ...forwarderValues(features),
    ...features.sightings,
    unspoken,
    ...Object.values(ownMarks),
    ...features.sightings
      .filter(isReplaceable)
      .map((sighting) => ({ table: 'pending', value: pendingName(sighting) })),
    ...features.subjectWords.map(({ value }) => ({ table: 'subject-word', value })),
    ...features.commonWords.map(({ value }) => ({ table: 'body-word', value })),
    ...features.sentences.map(({ value }) => ({ table: 'line', value })),
  ];
  const distinct = new Map(
    values.map(({ table, value }) => [nameOf({ table, value }), { table, value }]),
  );
  return [...distinct.values()].slice(0, maxLookups);
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
  const records = new Map(
    lookupsOf(features).map((value, index) => [nameOf(value), observation.records[index] ?? null]),
  );
  const packed = packedValues(given.pack);
  const inherited = given.inherited ?? new Set();
  const approved = withWhatFollows(features, given.approved ?? new Set());
  const recordOf = (value: Value) => records.get(nameOf(value)) ?? null;
  return {
    recordOf,
    isOrdinary: (value) =>
      packed.has(nameOf(value)) ||
      approved.has(nameOf(value)) ||
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

function packedValues(pack: Pack | null): ReadonlySet<string> {
  if (pack === null) return new Set();
  const topLevel = (domain: string) => domain.slice(domain.lastIndexOf('.'));
  return new Set([
    ...pack.linkDomains.flatMap((domain) => [`domain ${domain}`, `domain ${topLevel(domain)}`]),
    ...pack.boilerplate.map((sentence) => `line ${sentence}`),
    ...pack.phones.map((phone) => `contact ${phone}`),
    ...pack.replyToDomains.map((domain) => `reply-to ${domain}`),
    ...pack.bounceDomains.map((domain) => `mail-from ${domain}`),
  ]);
}

function nameOf({ table, value }: Value): string {
  return `${table} ${value}`;
}
