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

function within(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
