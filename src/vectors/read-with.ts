import { createHash } from 'node:crypto';
import type { Lists } from '../features/lists.ts';

/** Names the lists that features are read with: equal lists have one name. Sets are asked by conditions, and read nothing. */
export function readWithOf(lists: Lists): string {
  const hash = createHash('sha256');
  for (const [name, list] of Object.entries(lists))
    if (name !== 'sets') hash.update(`${name} ${listText(list)}\n`);
  return hash.digest('hex').slice(0, 12);
}

/** A list as text: equal lists give equal text. */
export function listText(list: Lists[keyof Lists]): string {
  return JSON.stringify(list, (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value,
  );
}
