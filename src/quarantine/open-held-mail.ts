import { openBucket, type BucketOptions } from './bucket-quarantine.ts';
import { openQuarantine } from './directory-quarantine.ts';
import { claimThrough } from './index-claims.ts';
import { IndexKeeper, type Reindexed } from './index-keeper.ts';
import { createMarker } from './index-marks.ts';
import { elsewhere, indexedQuarantine } from './indexed-quarantine.ts';
import { readKeyFile } from './key-ring.ts';
import type { DueQuery, IndexTotals, QuarantineIndex } from './quarantine-index.ts';
import { openRedisIndex } from './redis-index.ts';
import { reopeningIndex } from './reopening-index.ts';
import { storedQuarantine, type StoredQuarantine } from './stored-quarantine.ts';

export type HeldMailOptions = {
  readonly directory: string;
  /** Instead of the directory. */
  readonly bucket?: BucketOptions | null;
  /** Of the baselines: the index is in the same Redis, or in a file beside theirs (`PATH-quarantine`). */
  readonly store: string;
  readonly storeTimeoutMs: number;
  /** Null: nothing is encrypted. */
  readonly keyFile: string | null;
  /** Null sets no limit. */
  readonly maxBytes: number | null;
  /** False for a reader: a directory that is not there is `missing`. A bucket is never made, and first asked when needed. */
  readonly create?: boolean;
  /** The index cannot be reached; mail is held all the same. Never throws. */
  readonly onIndexFailed: (error: unknown) => void;
};

/** Held mail with its index. */
export type HeldMail = StoredQuarantine &
  AsyncDisposable & {
    /** Ids of what is due in this directory, the longest due first. */
    readonly due: (query: Omit<DueQuery, 'directory'>) => Promise<readonly string[]>;
    /** Work that one process of all that share the directory does at a time; rejects with `busy`. */
    readonly claimSweep: () => Promise<AsyncDisposable>;
    /** Makes what was purged unreadable in the index as well. Rejects where others used it all the time. */
    readonly scrub: () => Promise<void>;
    readonly totals: () => Promise<IndexTotals>;
    /** Compares all files with the index. */
    readonly reindex: () => Promise<Reindexed>;
    /** Id of the directory of another node that has a message; null where it is here, or nobody knows. */
    readonly elsewhere: (id: string) => Promise<string | null>;
    /** Entries that the index does not know as they are. */
    readonly unindexed: () => number;
  };

/** A search looks through many rows, and nobody waits for it at a mail server. */
const patientRedisMs = 2000;

/** Nobody waits meanwhile. */
const scrubPatienceMs = 3000;

/** @throws QuarantineError when the directory cannot be used, Error for a bad key file; never for want of an index. */
export async function openHeldMail({
  directory,
  bucket = null,
  store,
  storeTimeoutMs,
  keyFile,
  maxBytes,
  create = true,
  onIndexFailed: onFailed,
}: HeldMailOptions): Promise<HeldMail> {
  await using opened = new AsyncDisposableStack();
  const ring = keyFile === null ? null : await readKeyFile(keyFile);
  const marker = createMarker(ring);
  const toKeeper: { current: IndexKeeper | null } = { current: null };
  const onEmptied = () => void toKeeper.current?.reindex().catch(onFailed);
  const index = opened.use(await openIndex(store, { timeoutMs: storeTimeoutMs, onEmptied }));
  const claim = claimThrough(index);
  const onChange = (id: string) => toKeeper.current?.changed(id);
  const options = { ring, maxBytes, claim, onChange };
  const files =
    bucket === null
      ? await openQuarantine(directory, { create, ...options })
      : storedQuarantine(opened.use(await openBucket(bucket)).store, options);
  const keeper = opened.use(new IndexKeeper({ files, index, marker, ring, onFailed }));
  toKeeper.current = keeper;
  const parts = { files, index, keeper, marker, ring, onFailed };
  const owned = opened.move();
  return {
    ...indexedQuarantine(parts),
    due: async (query) => {
      await keeper.ready();
      return index.due({ ...query, directory: files.directoryId });
    },
    claimSweep: () => claim(`sweep ${files.directoryId}`),
    scrub: () => index.scrub(scrubPatienceMs),
    totals: () => index.totals(),
    reindex: () => keeper.reindex(),
    elsewhere: (id) => elsewhere(parts, id),
    unindexed: () => keeper.pending,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openIndex(
  store: string,
  { timeoutMs, onEmptied }: { readonly timeoutMs: number; readonly onEmptied: () => void },
): Promise<QuarantineIndex> {
  if (!store.startsWith('sqlite:'))
    return openRedisIndex(store, { timeoutMs: Math.max(timeoutMs, patientRedisMs) });
  const path = store.slice('sqlite:'.length);
  const file = path === ':memory:' ? path : `${path}-quarantine`;
  return reopeningIndex(file, { timeoutMs, onEmptied });
}
