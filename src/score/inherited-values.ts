import { counterNames } from '../baseline/history.ts';
import type { Snapshot } from '../baseline/ledger.ts';
import { isEstablished } from '../baseline/novelty.ts';
import type { StoredValue } from '../baseline/store.ts';

/** `table value`, as the scorer names values. */
export type InheritedValues = ReadonlySet<string>;

/** An alias that others of its vendor may learn from. */
export type Sibling = {
  readonly alias: string;
  readonly vendor: string;
  readonly handedOn: readonly string[];
};

/**
 * How a vendor's mail travels is the vendor's, not the alias's. Contact points and Reply-To are never inherited: they are
 * what an attack needs, and slots of one alias are not those of another.
 */
const pathTables: ReadonlySet<string> = new Set([
  'network',
  'mail-from',
  'selector',
  'header-order',
]);

/** Messages until which an alias takes link domains from its siblings: by then it has shown its own. */
const domainsUntil = 200;

const mostValues = 400;

/** Values of sending path and links that are established on an alias by `today`, longest known first; at most 400. */
export function handedOn(values: readonly StoredValue[], today: number): readonly string[] {
  const reach =
    values.find(({ table, value }) => table === 'reach' && value === '*')?.record ?? null;
  return values
    .filter(({ table }) => pathTables.has(table) || table === 'domain')
    .filter(({ table, record }) => isEstablished(table, record, reach, today))
    .toSorted((left, right) => right.record.days - left.record.days)
    .slice(0, mostValues)
    .map(({ table, value }) => `${table} ${value}`);
}

/**
 * For every alias what the others of its vendor hand on; at most 400 values. An alias does not inherit from itself: what
 * was forgotten of it stays forgotten.
 */
export function inheritedValues(
  siblings: readonly Sibling[],
): ReadonlyMap<string, InheritedValues> {
  const families = Map.groupBy(siblings, ({ vendor }) => vendor);
  return new Map(
    siblings.map(({ alias, vendor }) => {
      const others = (families.get(vendor) ?? []).filter((sibling) => sibling.alias !== alias);
      return [
        alias,
        new Set(others.flatMap((sibling) => sibling.handedOn).slice(0, mostValues)),
      ] as const;
    }),
  );
}

/** Whether a value that may not be the alias's own yet is taken from its siblings. */
export function isInherited(
  { table, value }: { readonly table: string; readonly value: string },
  inherited: InheritedValues,
  snapshot: Pick<Snapshot, 'counters'>,
): boolean {
  if (inherited.size === 0 || !inherited.has(`${table} ${value}`)) return false;
  return table !== 'domain' || (snapshot.counters[counterNames.messages] ?? 0) < domainsUntil;
}
