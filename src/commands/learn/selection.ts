import { canonicalAddress } from '../../alias/address.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { CommandFailure, exitCodes } from '../command.ts';

export type SelectionFlags = { readonly alias?: readonly string[]; readonly watchAll?: boolean };

/**
 * Whether mail from an address is to be learned.
 * @throws CommandFailure when an alias is asked for that nobody watches.
 */
export function selection(
  { catalogue }: ActiveRules,
  { alias, watchAll = false }: SelectionFlags,
): (address: string) => boolean {
  const ids = new Set<string>();
  const unwatched = new Set<string>();
  for (const name of alias ?? []) {
    const found = catalogue.find(name)?.id ?? catalogue.aliases.find(({ id }) => id === name)?.id;
    const address = canonicalAddress(name);
    if (found !== undefined) ids.add(found);
    else if (watchAll && address !== null) unwatched.add(address);
    else
      throw new CommandFailure(
        `nobody watches ${name}: \`alias list\` shows the aliases; an address can be watched by policy.yaml: watch, or for this once with --watch-all`,
        { exitCode: exitCodes.usage },
      );
  }
  return (address) => {
    const found = catalogue.find(address);
    if (alias === undefined) return watchAll || found !== null;
    return found === null ? unwatched.has(canonicalAddress(address) ?? '') : ids.has(found.id);
  };
}
