import { summaryOf } from './held-states.ts';
import { indexEntryOf } from './index-entry.ts';
import type { Marker } from './index-marks.ts';
import type { KeyRing } from './key-ring.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { IndexEntry, QuarantineIndex } from './quarantine-index.ts';
import type { StoredQuarantine } from './stored-quarantine.ts';

const atOnce = 100;
/** Ids that are remembered while the index cannot be reached; past it all files are compared once it can. */
const mostPending = 10_000;
const retryMs = 5000;

export type KeeperParts = {
  readonly files: Pick<StoredQuarantine, 'directoryId' | 'entries' | 'version' | 'find'>;
  readonly index: Pick<QuarantineIndex, 'put' | 'remove' | 'versions' | 'isFilled' | 'setFilled'>;
  readonly marker: Marker;
  readonly ring: KeyRing | null;
  /** The index does not know yet what it should; mail is not affected. Never throws. */
  readonly onFailed: (error: unknown) => void;
};

/** What a comparison of all files with the index came to. */
export type Reindexed = {
  readonly entries: number;
  /** Entries that the index did not know, or knew as they were before. */
  readonly changed: number;
  /** Entries that the index still knew. */
  readonly gone: number;
  readonly unreadable: number;
};

/** Tells the index what changes in the files, and again until it has heard. */
export class IndexKeeper implements AsyncDisposable {
  readonly #parts: KeeperParts;
  readonly #pending = new Set<string>();
  #isIncomplete = false;
  #running: Promise<void> | null = null;
  #reindexing: Promise<Reindexed> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Entries that the index does not know as they are. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Returns at once: mail does not wait for an index. */
  changed(id: string): void {
    if (this.#pending.size < mostPending) this.#pending.add(id);
    else this.#isIncomplete = true;
    if (this.#retry === null && !this.#isClosed) void this.flush();
  }

  /** Resolves once the index knows what had changed, or cannot be reached. */
  async flush(): Promise<void> {
    if (this.#running !== null) await this.#running;
    if (this.#pending.size === 0) return;
    this.#running ??= this.#tell().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** Resolves once the index has everything. @throws when it cannot be reached. */
  async ready(): Promise<void> {
    await this.flush();
    const { index, files } = this.#parts;
    if (this.#isIncomplete || !(await index.isFilled(files.directoryId))) await this.reindex();
  }

  /** Compares all files with the index. @throws when the index, or the directory, cannot be reached. */
  reindex(): Promise<Reindexed> {
    this.#reindexing ??= this.#reindex().finally(() => {
      this.#reindexing = null;
    });
    return this.#reindexing;
  }

  async #reindex(): Promise<Reindexed> {
    const { files, index } = this.#parts;
    const known = new Map(await index.versions(files.directoryId));
    let [entries, changed, unreadable] = [0, 0, 0];
    let batch: string[] = [];
    const put = async () => {
      const { put: told, unreadable: bad } = await this.#put(batch);
      changed += told;
      unreadable += bad;
      batch = [];
    };
    for await (const { id, version: read } of files.entries()) {
      const version = await read().catch(() => null);
      if (version === null) continue;
      entries++;
      if (known.get(id) !== version) batch.push(id);
      known.delete(id);
      if (batch.length >= atOnce) await put();
    }
    await put();
    const gone: string[] = [];
    // Whatever was held since the directory was read is not gone.
    for (const id of known.keys()) if ((await files.version(id)) === null) gone.push(id);
    for (let from = 0; from < gone.length; from += atOnce)
      await index.remove(files.directoryId, gone.slice(from, from + atOnce));
    await index.setFilled(files.directoryId);
    this.#isIncomplete = false;
    return { entries, changed, gone: gone.length, unreadable };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.flush();
  }

  async #tell(): Promise<void> {
    while (this.#pending.size > 0) {
      const ids = [...this.#pending].slice(0, atOnce);
      // Whatever changes from here on is read again.
      for (const id of ids) this.#pending.delete(id);
      try {
        await this.#put(ids);
      } catch (error) {
        for (const id of ids) this.#pending.add(id);
        this.#parts.onFailed(error);
        this.#tryLater();
        return;
      }
    }
    if (this.#isIncomplete) await this.reindex().catch(this.#parts.onFailed);
  }

  #tryLater(): void {
    if (this.#isClosed || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.flush();
    }, retryMs).unref();
  }

  /** As they are in the files now. */
  async #put(ids: readonly string[]): Promise<{ put: number; unreadable: number }> {
    const { files, index, marker, ring } = this.#parts;
    const { directoryId: directory } = files;
    const entries: IndexEntry[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      try {
        // The version first: one that is too old is only read once more.
        const version = await files.version(id);
        const held = version === null ? null : await files.find(id);
        if (version === null || held === null) gone.push(id);
        else entries.push(indexEntryOf(summaryOf(held), { directory, version, marker, ring }));
      } catch (error) {
        // A person has to look at it, and `unreadable` names it.
        if (!(error instanceof QuarantineError) || error.problem === 'unreachable') throw error;
      }
    }
    if (entries.length > 0) await index.put(entries);
    if (gone.length > 0) await index.remove(directory, gone);
    return { put: entries.length, unreadable: ids.length - entries.length - gone.length };
  }
}
