import type { Alias } from '../alias/alias.ts';
import { createCatalogue } from '../alias/catalogue.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import type { PolicyOverride } from '../decision/policy-override.ts';
import type { Policy } from '../decision/policy.ts';
import type { FoundProblem } from './explain-issue.ts';
import { unknownNameHint } from './known-aliases.ts';
import { pathOfName } from './written-selector.ts';

/** Every alias that is watched: those of packs and of `policy.yaml: watch`. */
export function watchedAliases(
  packed: readonly Alias[],
  { watch }: Pick<Policy, 'watch'>,
): readonly Alias[] {
  return createCatalogue(packed, watch).aliases;
}

/**
 * Overrides that would be for nobody: a mistyped alias or vendor, and kinds that contradict each other. `written` is
 * the file as it stands.
 */
export function namesOfNobody(
  { overrides }: Policy,
  written: () => unknown,
  watched: readonly Alias[],
): readonly FoundProblem[] {
  const ids = new Set(watched.map(({ id }) => id));
  const vendors = new Set(watched.map(({ vendor }) => vendorSlug(vendor)));
  return overrides.flatMap((override, index) => {
    const { alias = new Set<string>(), vendor = new Set<string>() } = override.for;
    const mistyped = (
      kind: 'alias' | 'vendor',
      names: ReadonlySet<string>,
      known: ReadonlySet<string>,
    ) =>
      [...names]
        .filter((name) => !known.has(name))
        .map((name): FoundProblem => ({
          path: pathOfName(written, index, { kind, name }),
          message: `no ${kind} is called \`${name}\``,
          hint: unknownNameHint(name, known),
          on: 'value',
        }));
    const unknown = [...mistyped('alias', alias, ids), ...mistyped('vendor', vendor, vendors)];
    return unknown.length > 0 ? unknown : contradictions(override, index, watched);
  });
}

/** Of kinds that are named together some names must go together, or no mail is ever meant. */
function contradictions(
  { for: selectors }: PolicyOverride,
  index: number,
  watched: readonly Alias[],
): readonly FoundProblem[] {
  const { alias, vendor, function: purposes, recipient, recipientDomain } = selectors;
  const path = ['overrides', index, 'for'];
  const problem = (message: string, hint: string): FoundProblem => ({
    path,
    message,
    hint,
    on: 'key',
  });
  const of = watched.filter(
    ({ id, vendor: name }) => (alias?.has(id) ?? true) && (vendor?.has(vendorSlug(name)) ?? true),
  );
  if (of.length === 0)
    return [
      problem(
        'no mail is meant: none of these aliases is of that vendor',
        'name one of the two; the vendor of an alias is known',
      ),
    ];
  const isNamed = alias !== undefined || vendor !== undefined;
  if (isNamed && purposes !== undefined && !of.some((candidate) => mayBeFor(candidate, purposes)))
    return [
      problem(
        `no mail is meant: none of these aliases sends mail for ${[...purposes].join(' or ')} as far as its pack says`,
        '`functions` and `templates` in rules/aliases say what an alias is for',
      ),
    ];
  const isInDomain = (address: string) =>
    recipientDomain?.has(address.slice(address.lastIndexOf('@') + 1)) ?? true;
  if (recipient !== undefined && ![...recipient].some(isInDomain))
    return [
      problem(
        'no mail is meant: no such recipient is in that domain',
        'name one of the two; a recipient outranks its domain already',
      ),
    ];
  return [];
}

/** What `templateFunctionOf` can say of mail of this alias. */
function mayBeFor({ pack }: Alias, purposes: ReadonlySet<string>): boolean {
  if (pack === null) return false;
  if (pack.functions.length === 1) return purposes.has(pack.functions[0] ?? '');
  return pack.templates.some((template) => purposes.has(template.function));
}
