import { createCatalogue } from '../alias/catalogue.ts';
import type { Alias } from '../alias/alias.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import { nearestName } from './nearest-name.ts';
import type { FoundProblem } from './explain-issue.ts';

/**
 * Keys of a mapping that should be alias ids (or, with `orVendors`, vendors) and are none: a ceiling on a mistyped alias
 * would be off, and nobody would know. `path` is that of the mapping.
 */
export function unknownAliases(
  { keys, path }: { readonly keys: readonly string[]; readonly path: readonly string[] },
  given: {
    readonly aliases: readonly Alias[];
    readonly watch: readonly string[];
    readonly orVendors: boolean;
  },
): readonly FoundProblem[] {
  const { aliases } = createCatalogue(given.aliases, given.watch);
  const ids = aliases.map(({ id }) => id);
  const known = new Set(
    given.orVendors ? [...ids, ...aliases.map(({ vendor }) => vendorSlug(vendor))] : ids,
  );
  return keys
    .filter((key) => !known.has(key))
    .map((key) => {
      const hint = unknownNameHint(key, known);
      const what = given.orVendors ? 'alias or vendor' : 'alias';
      return { path: [...path, key], message: `no ${what} is called \`${key}\``, hint, on: 'key' };
    });
}

/** What to write instead of a name that nobody has. */
export function unknownNameHint(name: string, known: ReadonlySet<string>): string {
  const near = nearestName(name, [...known]);
  return near === null ? '`aliaswatch alias list` shows the ids' : `did you mean \`${near}\`?`;
}
