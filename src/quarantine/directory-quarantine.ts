import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceHead } from '../action/replace-head.ts';
import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import type { Content } from '../smtp/content.ts';
import { bodiesFolder, openBody, removeBody, writeBody } from './body-file.ts';
import { readDescription, renderDescription, type Description } from './description.ts';
import { createDirectory, identifyDirectory } from './directory.ts';
import { realDisk, syncDirectory, type Disk } from './disk.ts';
import {
  assertId,
  heldEntries,
  heldNames,
  versionOf,
  writeDescription,
  type HeldPlace,
  type UnreadableEntry,
} from './held-files.ts';
import { deleted, restored } from './held-states.ts';
import type { KeyRing } from './key-ring.ts';
import { sweepLeftovers } from './leftovers.ts';
import { pageOf } from './page-of.ts';
import { QuarantineError, asQuarantineError, ignoreMissing } from './quarantine-error.ts';
import type { HeldMessage, Quarantine } from './quarantine.ts';
import { Turns } from './turns.ts';
import { createUsage, type Usage } from './usage.ts';

export type { UnreadableEntry };

export interface DirectoryQuarantine extends Quarantine {
  /** Names the directory, whoever mounts it. */
  readonly directoryId: string;
  readonly usage: Usage;
  /** The entries that `list` had to leave out, and why. */
  unreadable(): Promise<readonly UnreadableEntry[]>;
  /** Names of all entries, also of damaged ones, in no order. */
  names(): AsyncIterable<string>;
  /** When an entry was last written, Unix time in milliseconds, or null. */
  version(id: string): Promise<number | null>;
  /** Removes what killed processes left behind, and measures what the rest takes. */
  tidy(): Promise<void>;
}

export type QuarantineOptions = {
  /** False for a reader: a directory that is not there is then `missing`, and nothing is created or swept. */
  readonly create?: boolean;
  readonly disk?: Disk;
  /** Encrypts what is written from now on; what is there is read as it is. */
  readonly ring?: KeyRing | null;
  /** Past it nothing more is held. */
  readonly maxBytes?: number | null;
  /** Keeps other processes away from an entry until disposed of; rejects with `busy`. */
  readonly claim?: (id: string) => Promise<AsyncDisposable>;
  /** An entry is there, has changed, or is gone. Never throws. */
  readonly onChange?: (id: string) => void;
};

/**
 * Held mail as files: `<id>.eml` is the received bytes, `<id>.json` the description with our header fields. The
 * description is written last and removed first, and alone makes an entry exist; so a crash leaves a whole entry, or a
 * nameless file that a later start sweeps.
 *
 * @throws QuarantineError, as every method does.
 */
export async function openQuarantine(
  directory: string,
  {
    create = true,
    disk = realDisk,
    ring = null,
    maxBytes = null,
    ...hooks
  }: QuarantineOptions = {},
): Promise<DirectoryQuarantine> {
  try {
    if (create) {
      await createDirectory(disk, resolve(directory));
      await mkdir(join(directory, bodiesFolder), { recursive: true, mode: 0o700 });
      await sweepLeftovers(directory);
    } else await access(directory);
    const directoryId = await identifyDirectory(directory, create);
    const usage = createUsage(directory, maxBytes);
    return new QuarantineInDirectory({ directory, disk, ring, directoryId, usage, ...hooks });
  } catch (error) {
    throw asQuarantineError(error, `open the quarantine ${directory}`);
  }
}

class QuarantineInDirectory implements DirectoryQuarantine {
  readonly directoryId: string;
  readonly usage: Usage;
  readonly #place: HeldPlace;
  readonly #claim: NonNullable<QuarantineOptions['claim']>;
  readonly #onChange: (id: string) => void;
  readonly #turns = new Turns();

  constructor({ directoryId, usage, claim, onChange, ...place }: Parts) {
    this.directoryId = directoryId;
    this.usage = usage;
    this.#place = place;
    this.#claim = claim ?? (() => Promise.resolve(new AsyncDisposableStack()));
    this.#onChange = onChange ?? (() => undefined);
  }

  async hold(message: HeldMessage, prefix: Buffer, content: Content): Promise<void> {
    const { id } = message;
    assertId(id);
    const { directory, disk } = this.#place;
    await attempt(`hold message ${id}`, async () => {
      if ((await this.version(id)) !== null) return syncDirectory(disk, directory);
      await this.usage.admit(prefix.length + content.sizeBytes);
      await this.#holdNew(message, prefix, content);
      this.usage.add(prefix.length + content.sizeBytes);
    });
    this.#onChange(id);
  }

  list(filter: HeldFilter, page: PageRequest): Promise<HeldPage> {
    return pageOf(heldEntries(this.#place), filter, page);
  }

  async unreadable(): Promise<readonly UnreadableEntry[]> {
    const unreadable: UnreadableEntry[] = [];
    for await (const entry of heldEntries(this.#place))
      if ('problem' in entry) unreadable.push(entry);
    return unreadable;
  }

  names(): AsyncIterable<string> {
    return heldNames(this.#place.directory);
  }

  version(id: string): Promise<number | null> {
    return versionOf(this.#place.directory, id);
  }

  async find(id: string): Promise<HeldMessage | null> {
    return (await this.#describe(id))?.message ?? null;
  }

  async read(id: string): Promise<Content> {
    const { kept } = await this.#existing(id);
    const { directory, ring } = this.#place;
    return attempt(`read message ${id}`, async () => {
      const isSealed = kept?.isSealed === true;
      const body = await openBody({ directory }, { id, isSealed, ring });
      return kept === null ? body : replaceHead(body, 0, Buffer.from(kept.prefix, 'base64'));
    });
  }

  async update(message: HeldMessage): Promise<void> {
    const { kept } = await this.#existing(message.id);
    await attempt(`update message ${message.id}`, () =>
      writeDescription(this.#place, { message, kept }),
    );
    this.#onChange(message.id);
  }

  delete(id: string, at: Date): Promise<HeldMessage> {
    return this.#change(id, (held) => deleted(held, at));
  }

  restore(id: string, at: Date): Promise<HeldMessage> {
    return this.#change(id, (held) => restored(held, at));
  }

  async purge(id: string): Promise<void> {
    assertId(id);
    await this.exclusively(id, async () => {
      const description = await this.#describe(id);
      if (description?.message.state === 'held')
        throw new QuarantineError('held', `message ${id} is held: delete it first`);
      await attempt(`purge message ${id}`, () => this.#remove(id, description));
    });
    this.#onChange(id);
  }

  exclusively<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    assertId(id);
    return this.#turns.take(id, async () => {
      const claim = await this.#claim(id);
      try {
        return await work();
      } finally {
        await claim[Symbol.asyncDispose]();
      }
    });
  }

  async tidy(): Promise<void> {
    const { directory } = this.#place;
    await attempt(`tidy the quarantine ${directory}`, async () => {
      await sweepLeftovers(directory);
      await this.usage.measure();
    });
  }

  async #holdNew(message: HeldMessage, prefix: Buffer, content: Content): Promise<void> {
    const { id } = message;
    const { ring } = this.#place;
    // Before anything is written: one that cannot be read back is refused.
    renderDescription({ message, kept: null }, null);
    const body = await writeBody(this.#place, { id, content, ring });
    const kept = { ...body, prefix: prefix.toString('base64') };
    try {
      await writeDescription(this.#place, { message, kept });
    } catch (error) {
      // On a full disk every retry of the client would leave another copy behind.
      if ((await this.version(id)) === null)
        await removeBody(this.#place, { id, address: body.address });
      throw error;
    }
  }

  #change(id: string, become: (held: HeldMessage) => HeldMessage): Promise<HeldMessage> {
    return this.exclusively(id, async () => {
      const { message } = await this.#existing(id);
      const next = become(message);
      if (next !== message) await this.update(next);
      return next;
    });
  }

  /** The description goes first: without it there is no entry, and a start sweeps what is left. */
  async #remove(id: string, description: Description | null): Promise<void> {
    const { directory, disk } = this.#place;
    await disk.unlink(join(directory, `${id}.json`)).catch(ignoreMissing);
    await syncDirectory(disk, directory);
    await removeBody(this.#place, { id, address: description?.kept?.address ?? null });
    if (description !== null) this.usage.add(-bytesOf(description));
  }

  async #existing(id: string): Promise<Description> {
    const description = await this.#describe(id);
    if (description === null) throw new QuarantineError('missing', `no held message ${id}`);
    return description;
  }

  #describe(id: string): Promise<Description | null> {
    assertId(id);
    const { directory, ring } = this.#place;
    return attempt(`read the description of ${id}`, () => readDescription(directory, id, ring));
  }
}

type Parts = HeldPlace &
  Pick<QuarantineOptions, 'claim' | 'onChange'> &
  Pick<DirectoryQuarantine, 'directoryId' | 'usage'>;

async function attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw asQuarantineError(error, what);
  }
}

/** As they were counted when it was held. */
function bytesOf({ message, kept }: Description): number {
  return Buffer.byteLength(kept?.prefix ?? '', 'base64') + message.sizeBytes;
}
