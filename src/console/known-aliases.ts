import type { ActiveRules } from '../dependencies.ts';

export type KnownAlias = {
  readonly id: string;
  /** Empty for an alias without a pack. */
  readonly vendor: string;
  readonly addresses: readonly string[];
  readonly isWatched: boolean;
  readonly hasHistory: boolean;
};

/** Aliases that are watched, and those that only have history, by id; `learned` are the ids that have any. */
export function knownAliases(
  { catalogue }: Pick<ActiveRules, 'catalogue'>,
  learned: readonly string[],
): readonly KnownAlias[] {
  const others = new Set(learned);
  const watched = catalogue.aliases.map(({ id, vendor, addresses, pack }): KnownAlias => ({
    id,
    vendor: pack === null ? '' : vendor,
    addresses,
    isWatched: true,
    hasHistory: others.delete(id),
  }));
  const unwatched = [...others].map((id): KnownAlias => ({
    id,
    vendor: '',
    addresses: [],
    isWatched: false,
    hasHistory: true,
  }));
  return [...watched, ...unwatched].sort((left, right) => left.id.localeCompare(right.id));
}
