import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import type { Content } from '../smtp/content.ts';
import { realDisk, syncDirectory, writeDurably } from './disk.ts';
import type { Disk } from './disk.ts';
import { fileContent } from './file-content.ts';
import { meets } from './held-filter.ts';
import { placeOf, readPlace } from './held-order.ts';
import { readDescription, renderDescription } from './description.ts';
import { sweepLeftovers } from './leftovers.ts';
import { QuarantineError, asQuarantineError, errorCode } from './quarantine-error.ts';
import type { HeldMessage, HeldSummary, Quarantine } from './quarantine.ts';

/** An entry that is there and cannot be shown; it needs a person, not silence. */
export type UnreadableEntry = { readonly id: string; readonly problem: string };

export interface DirectoryQuarantine extends Quarantine {
  /** The entries that `list` had to leave out, and why. */
  unreadable(): Promise<readonly UnreadableEntry[]>;
}

export type QuarantineOptions = {
  /** False for a reader: a directory that is not there is then `missing`, and nothing is created or swept. */
  readonly create?: boolean;
  readonly disk?: Disk;
};

/**
 * Held mail as files: `<id>.eml` is our header fields and the received bytes, `<id>.json` the description. The
 * description is written last and alone makes an entry exist, so a crash leaves a whole entry or a nameless file that
 * the next start sweeps.
 *
 * @throws QuarantineError, as every method does.
 */
export async function openQuarantine(
  directory: string,
  { create = true, disk = realDisk }: QuarantineOptions = {},
): Promise<DirectoryQuarantine> {
  try {
    if (create) await createDirectory(disk, resolve(directory));
    const names = await readdir(directory);
    if (create) await sweepLeftovers(directory, names);
  } catch (error) {
    throw asQuarantineError(error, `open the quarantine ${directory}`);
  }
  return new QuarantineInDirectory(directory, disk);
}

async function createDirectory(disk: Disk, directory: string): Promise<void> {
  const firstCreated = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (firstCreated === undefined) return;
  // A directory lasts once its parent is synced, and so on up to the first one that was there before.
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    await syncDirectory(disk, parent);
    if (parent === dirname(firstCreated) || parent === dirname(parent)) return;
  }
}

class QuarantineInDirectory implements DirectoryQuarantine {
  readonly #directory: string;
  readonly #disk: Disk;
  /** What is being done to an entry, by its id. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(directory: string, disk: Disk) {
    this.#directory = directory;
    this.#disk = disk;
  }

  async hold(message: HeldMessage, prefix: Buffer, content: Content): Promise<void> {
    const { id } = message;
    assertId(id);
    try {
      if (await this.#exists(id)) await syncDirectory(this.#disk, this.#directory);
      else await this.#holdNew(message, messageBytes(prefix, content));
    } catch (error) {
      throw asQuarantineError(error, `hold message ${id}`);
    }
  }

  async list(filter: HeldFilter, { limit, after }: PageRequest): Promise<HeldPage> {
    const end = readPlace(after);
    const found: { readonly place: string; readonly summary: HeldSummary }[] = [];
    let total = 0;
    for await (const entry of this.#entries()) {
      if ('problem' in entry || !meets(entry, filter)) continue;
      total++;
      const place = placeOf(entry);
      if (end === null || place < end) found.push({ place, summary: summaryOf(entry) });
    }
    found.sort((a, b) => (a.place < b.place ? 1 : -1));
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.place ?? null) : null;
    return { messages: page.map(({ summary }) => summary), next, total };
  }

  async unreadable(): Promise<readonly UnreadableEntry[]> {
    const unreadable: UnreadableEntry[] = [];
    for await (const entry of this.#entries()) if ('problem' in entry) unreadable.push(entry);
    return unreadable;
  }

  async find(id: string): Promise<HeldMessage | null> {
    assertId(id);
    try {
      return (await this.#exists(id)) ? await readDescription(this.#directory, id) : null;
    } catch (error) {
      throw asQuarantineError(error, `read the description of ${id}`);
    }
  }

  async read(id: string): Promise<Content> {
    try {
      await this.#assertExists(id);
      const path = this.#path(`${id}.eml`);
      return fileContent(path, (await stat(path)).size);
    } catch (error) {
      throw asQuarantineError(error, `read message ${id}`);
    }
  }

  async update(message: HeldMessage): Promise<void> {
    try {
      await this.#assertExists(message.id);
      await this.#write(`${message.id}.json`, [renderDescription(message)]);
    } catch (error) {
      throw asQuarantineError(error, `update message ${message.id}`);
    }
  }

  delete(id: string, at: Date): Promise<HeldMessage> {
    return this.#change(id, (held) =>
      held.state === 'held' ? { ...held, state: 'deleted', closedAt: at.toISOString() } : held,
    );
  }

  restore(id: string, at: Date): Promise<HeldMessage> {
    return this.#change(id, (held) => (held.state === 'deleted' ? restored(held, at) : held));
  }

  async purge(id: string): Promise<void> {
    assertId(id);
    await this.exclusively(id, async () => {
      const held = await this.find(id);
      if (held?.state === 'held')
        throw new QuarantineError('held', `message ${id} is held: delete it first`);
      try {
        // Without its description it is no entry, and a start sweeps what is left.
        for (const name of [`${id}.json`, `${id}.eml`])
          await this.#disk.unlink(this.#path(name)).catch(ignoreMissing);
        await syncDirectory(this.#disk, this.#directory);
      } catch (error) {
        throw asQuarantineError(error, `purge message ${id}`);
      }
    });
  }

  async exclusively<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }

  #change(id: string, become: (held: HeldMessage) => HeldMessage): Promise<HeldMessage> {
    return this.exclusively(id, async () => {
      const held = await this.find(id);
      if (held === null) throw new QuarantineError('missing', `no held message ${id}`);
      const next = become(held);
      if (next !== held) await this.update(next);
      return next;
    });
  }

  async *#entries(): AsyncGenerator<HeldMessage | UnreadableEntry> {
    for (const name of await this.#names()) {
      const id = name.slice(0, -'.json'.length);
      try {
        assertId(id);
        await stat(this.#path(`${id}.eml`));
        yield await readDescription(this.#directory, id);
      } catch (error) {
        if (error instanceof QuarantineError) yield { id, problem: error.message };
        else yield { id, problem: `its message cannot be read: ${errorCode(error)}` };
      }
    }
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => name.endsWith('.json'));
    } catch (error) {
      throw asQuarantineError(error, `list the quarantine ${this.#directory}`);
    }
  }

  async #holdNew(message: HeldMessage, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const description = renderDescription(message);
    await this.#write(`${message.id}.eml`, bytes);
    try {
      await this.#write(`${message.id}.json`, [description]);
    } catch (error) {
      // On a full disk every retry of the client would leave another copy behind.
      if (!(await this.#exists(message.id)))
        await this.#disk.unlink(this.#path(`${message.id}.eml`));
      throw error;
    }
  }

  async #assertExists(id: string): Promise<void> {
    assertId(id);
    if (!(await this.#exists(id))) throw new QuarantineError('missing', `no held message ${id}`);
  }

  async #exists(id: string): Promise<boolean> {
    return stat(this.#path(`${id}.json`)).then(
      () => true,
      (error: unknown) => {
        if (errorCode(error) === 'ENOENT') return false;
        throw asQuarantineError(error, `look up message ${id}`);
      },
    );
  }

  #write(name: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    return writeDurably(this.#disk, { directory: this.#directory, name, bytes });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** Ids become file names; this is what keeps `..` and `/` out. */
function assertId(id: string): void {
  if (!/^[0-9a-z]{20}$/.test(id)) {
    throw new QuarantineError('invalid-id', 'a quarantine id has 20 characters, 0-9 and a-z');
  }
}

const restoredForMs = 7 * 86_400_000;

/** Who takes a deletion back has time to look at the message. */
function restored(held: HeldMessage, at: Date): HeldMessage {
  const soonest = at.getTime() + restoredForMs;
  const expiresAt = new Date(Math.max(Date.parse(held.expiresAt), soonest)).toISOString();
  return { ...held, state: 'held', closedAt: null, expiresAt };
}

function summaryOf(message: HeldMessage): HeldSummary {
  const summary: HeldSummary & { lesson?: unknown; explanation?: unknown } = { ...message };
  delete summary.lesson;
  delete summary.explanation;
  return summary;
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}

async function* messageBytes(prefix: Buffer, content: Content): AsyncGenerator<Uint8Array> {
  yield prefix;
  yield* content.stream() as AsyncIterable<Buffer>;
}
