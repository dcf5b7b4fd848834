import { vendorSlug } from '../alias/vendor-slug.ts';
import type { SelectorKind } from '../decision/policy-override.ts';
import { selectorKeys } from './override-schema.ts';

/**
 * Where a name of `overrides[index].for` stands in the file, as it was written: alone, or in a list. The path of the
 * whole `for` where it is not found.
 */
export function pathOfName(
  written: () => unknown,
  index: number,
  { kind, name }: { readonly kind: SelectorKind; readonly name: string },
): readonly PropertyKey[] {
  const path = ['overrides', index, 'for'] as const;
  const given = path.reduce<unknown>(within, written());
  const isIt = (text: unknown) =>
    typeof text === 'string' && (kind === 'vendor' ? vendorSlug(text) : text) === name;
  const [one, list] = selectorKeys[kind];
  if (isIt(within(given, one))) return [...path, one];
  const names = within(given, list);
  const position = Array.isArray(names) ? names.findIndex(isIt) : -1;
  return position === -1 ? path : [...path, list, position];
}

/** Names that `for` may be written with, one of each kind. */
export type OneOfEach = { readonly [Kind in SelectorKind]?: string };

/** Whether a `for` means exactly what these names mean together, however it is written. */
export function isForExactly(written: unknown, wanted: OneOfEach): boolean {
  if (typeof written !== 'object' || written === null) return false;
  const kinds = Object.entries(selectorKeys) as [SelectorKind, readonly [string, string]][];
  const known = new Set(kinds.flatMap(([, keys]) => keys));
  return (
    Object.keys(written).every((key) => known.has(key)) &&
    kinds.every(([kind, keys]) => {
      const folded = (name: unknown) =>
        kind === 'vendor' && typeof name === 'string' ? vendorSlug(name) : name;
      const names = new Set(keys.flatMap((key) => within(written, key) ?? []).map(folded));
      const name = wanted[kind];
      return name === undefined ? names.size === 0 : names.size === 1 && names.has(folded(name));
    })
  );
}

function within(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
