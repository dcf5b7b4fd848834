import type { Alias } from './alias.ts';

/**
 * A sentence on an alias that is used for several things: what is usual for one of them is then learned as usual for
 * all. Null where the pack names one use or none.
 */
export function mixedUse({ pack }: Alias): string | null {
  if (pack === null || pack.functions.length < 2) return null;
  const told = new Set(pack.templates.map((template) => template.function));
  const untold = pack.functions.filter((name) => !told.has(name));
  const how =
    told.size === 0
      ? 'the pack cannot tell them apart'
      : `told apart by subject: ${[...told].join(', ')}${untold.length === 0 ? '' : `; not told apart: ${untold.join(', ')}`}`;
  return `${list(pack.functions)} under one address, one baseline for all; ${how}`;
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
