import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import type { UnreadableEntry } from './held-entries.ts';
import { indexQueryOf, summaryIn } from './index-entry.ts';
import type { IndexKeeper } from './index-keeper.ts';
import type { Marker } from './index-marks.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { HeldMessage } from './quarantine.ts';
import type { QuarantineIndex } from './quarantine-index.ts';
import type { StoredQuarantine } from './stored-quarantine.ts';

export type IndexedParts = {
  readonly files: StoredQuarantine;
  readonly index: QuarantineIndex;
  readonly keeper: IndexKeeper;
  readonly marker: Marker;
  readonly ring: KeyRing | null;
  readonly onFailed: (error: unknown) => void;
};

/**
 * Held mail in files or objects, found through an index. Where the index cannot be reached, a list is read from them,
 * which is slow with many of them, but right.
 */
export function indexedQuarantine(parts: IndexedParts): StoredQuarantine {
  const { files } = parts;
  return {
    directoryId: files.directoryId,
    usage: files.usage,
    hold: (message, prefix, content) => files.hold(message, prefix, content),
    list: (filter, page) => list(parts, filter, page),
    unreadable: () => unreadable(parts),
    entries: () => files.entries(),
    version: (id) => files.version(id),
    find: (id) => find(parts, id),
    read: (id) => files.read(id),
    update: (message) => afterwards(parts, files.update(message)),
    delete: (id, at) => afterwards(parts, files.delete(id, at)),
    restore: (id, at) => afterwards(parts, files.restore(id, at)),
    purge: (id) => afterwards(parts, files.purge(id)),
    exclusively: (id, work) => files.exclusively(id, work),
    tidy: () => files.tidy(),
  };
}

/** Whoever looks next sees it, also through another process. */
async function afterwards<Result>(
  { keeper }: IndexedParts,
  work: Promise<Result>,
): Promise<Result> {
  const result = await work;
  await keeper.flush();
  return result;
}

async function list(parts: IndexedParts, filter: HeldFilter, page: PageRequest): Promise<HeldPage> {
  const { files, index, keeper, marker, ring, onFailed } = parts;
  const query = indexQueryOf(filter, page, marker);
  try {
    await keeper.ready();
    const { entries, more, total } = await index.query(query);
    const messages = entries.map(({ body }) => summaryIn(body, ring));
    return { messages, next: more ? (entries.at(-1)?.place ?? null) : null, total };
  } catch (error) {
    onFailed(error);
    return files.list(filter, page);
  }
}

async function find(parts: IndexedParts, id: string): Promise<HeldMessage | null> {
  const held = await parts.files.find(id);
  if (held !== null) return held;
  const directory = await elsewhere(parts, id);
  if (directory === null) return null;
  throw new QuarantineError(
    'elsewhere',
    `message ${id} is in the quarantine of another node (${directory}): act there`,
  );
}

/** Id of the directory of another node that has the message, as far as the index knows; null where it is here or nowhere. */
export async function elsewhere(
  { files, index }: Pick<IndexedParts, 'files' | 'index'>,
  id: string,
): Promise<string | null> {
  const directory = await index.locate(id).catch(() => null);
  return directory === files.directoryId ? null : directory;
}

/** What the index has was read; so only the rest is. */
async function unreadable(parts: IndexedParts): Promise<readonly UnreadableEntry[]> {
  const { files, index, keeper } = parts;
  await keeper.flush();
  const known = await index.versions(files.directoryId).catch(() => null);
  if (known === null) return files.unreadable();
  const found: UnreadableEntry[] = [];
  for await (const { id, version: read, bodyFault } of files.entries()) {
    try {
      const version = await read();
      if (version === null) continue;
      if (known.get(id) !== version) await files.find(id);
      const problem = await bodyFault();
      if (problem !== null) found.push({ id, problem });
    } catch (error) {
      if (!(error instanceof QuarantineError) || error.problem === 'unreachable') throw error;
      found.push({ id, problem: error.message });
    }
  }
  return found;
}
