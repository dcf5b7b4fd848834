import { replaceHead } from '../action/replace-head.ts';
import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import type { Content } from '../smtp/content.ts';
import { readDescription, renderDescription, type Description } from './description.ts';
import { assertId, heldEntries, type UnreadableEntry } from './held-entries.ts';
import { deleted, restored } from './held-states.ts';
import type { HeldStore, StateTag, StoredEntry } from './held-store.ts';
import type { KeyRing } from './key-ring.ts';
import { pageOf } from './page-of.ts';
import { QuarantineError, asQuarantineError } from './quarantine-error.ts';
import type { HeldMessage, Quarantine } from './quarantine.ts';
import { Turns } from './turns.ts';
import { createUsage, type Usage } from './usage.ts';

/** Held mail that is found without an index. */
export interface StoredQuarantine extends Quarantine {
  /** Names the directory or bucket, whoever uses it. */
  readonly directoryId: string;
  readonly usage: Usage;
  /** The entries that `list` had to leave out, and why. */
  unreadable(): Promise<readonly UnreadableEntry[]>;
  /** All entries, also damaged ones, in no order. */
  entries(): AsyncIterable<StoredEntry>;
  /** When an entry was last written, Unix time in milliseconds, or null. */
  version(id: string): Promise<number | null>;
  /** Removes what killed processes left behind, and measures what the rest takes. */
  tidy(): Promise<void>;
}

export type StoredQuarantineOptions = {
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
 * Held mail in a store. The description of a message is written last and removed first, and alone makes an entry exist;
 * so a crash leaves a whole entry, or nameless bytes that are swept later. Every method rejects with a QuarantineError.
 */
export function storedQuarantine(
  store: HeldStore,
  { maxBytes = null, ...options }: StoredQuarantineOptions,
): StoredQuarantine {
  return new QuarantineInStore(
    store,
    createUsage(() => store.measure(), maxBytes),
    options,
  );
}

class QuarantineInStore implements StoredQuarantine {
  readonly directoryId: string;
  readonly usage: Usage;
  readonly #store: HeldStore;
  readonly #ring: KeyRing | null;
  readonly #claim: NonNullable<StoredQuarantineOptions['claim']>;
  readonly #onChange: (id: string) => void;
  readonly #turns = new Turns();
  /** The state of what is claimed: whoever loses a claim unawares must not write over what others did meanwhile. */
  readonly #claimed = new Map<string, StateTag>();

  constructor(
    store: HeldStore,
    usage: Usage,
    { ring, claim, onChange }: Omit<StoredQuarantineOptions, 'maxBytes'>,
  ) {
    this.directoryId = store.id;
    this.usage = usage;
    this.#store = store;
    this.#ring = ring ?? null;
    this.#claim = claim ?? (() => Promise.resolve(new AsyncDisposableStack()));
    this.#onChange = onChange ?? (() => undefined);
  }

  async hold(message: HeldMessage, prefix: Buffer, content: Content): Promise<void> {
    const { id } = message;
    assertId(id);
    await attempt(`hold message ${id}`, async () => {
      if ((await this.version(id)) !== null) return this.#store.settle();
      await this.usage.admit(prefix.length + content.sizeBytes);
      await this.#holdNew(message, prefix, content);
      this.usage.add(prefix.length + content.sizeBytes);
    });
    this.#onChange(id);
  }

  list(filter: HeldFilter, page: PageRequest): Promise<HeldPage> {
    return attempt(this.#listing(), () =>
      pageOf(heldEntries(this.#store, this.#ring), filter, page),
    );
  }

  unreadable(): Promise<readonly UnreadableEntry[]> {
    return attempt(this.#listing(), async () => {
      const unreadable: UnreadableEntry[] = [];
      for await (const entry of heldEntries(this.#store, this.#ring))
        if ('problem' in entry) unreadable.push(entry);
      return unreadable;
    });
  }

  async *entries(): AsyncGenerator<StoredEntry> {
    try {
      yield* this.#store.entries();
    } catch (error) {
      throw asQuarantineError(error, this.#listing());
    }
  }

  version(id: string): Promise<number | null> {
    return attempt(`look up message ${id}`, () => this.#store.version(id));
  }

  async find(id: string): Promise<HeldMessage | null> {
    return (await this.#describe(id))?.message ?? null;
  }

  async read(id: string): Promise<Content> {
    const { kept } = await this.#existing(id);
    return attempt(`read message ${id}`, async () => {
      const isSealed = kept?.isSealed === true;
      const body = await this.#store.openBody(id, { isSealed, ring: this.#ring });
      return kept === null ? body : replaceHead(body, 0, Buffer.from(kept.prefix, 'base64'));
    });
  }

  async update(message: HeldMessage): Promise<void> {
    const { id } = message;
    const { kept } = await this.#existing(id);
    await attempt(`update message ${id}`, async () => {
      const bytes = renderDescription({ message, kept }, this.#ring);
      const tag = this.#claimed.get(id) ?? null;
      const next = await this.#store.replaceDescription(id, bytes, tag);
      if (this.#claimed.has(id)) this.#claimed.set(id, next);
    });
    this.#onChange(id);
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
        const tag = await attempt(`look up message ${id}`, () => this.#store.tagOf(id));
        this.#claimed.set(id, tag);
        return await work();
      } finally {
        this.#claimed.delete(id);
        await claim[Symbol.asyncDispose]();
      }
    });
  }

  tidy(): Promise<void> {
    return attempt(`tidy the quarantine ${this.#store.name}`, async () => {
      await this.#store.sweepLeftovers();
      await this.usage.measure();
    });
  }

  async #holdNew(message: HeldMessage, prefix: Buffer, content: Content): Promise<void> {
    const { id } = message;
    // Before anything is written: one that cannot be read back is refused.
    renderDescription({ message, kept: null }, null);
    const body = await this.#store.writeBody(id, { content, ring: this.#ring });
    const kept = { ...body, prefix: prefix.toString('base64') };
    try {
      await this.#store.createDescription(id, renderDescription({ message, kept }, this.#ring));
    } catch (error) {
      // On a full disk every retry of the client would leave another copy behind.
      if (await this.#store.isRefusal(id, error)) await this.#store.removeBody(id, body.address);
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

  /** The description goes first: without it there is no entry, and what is left is swept. */
  async #remove(id: string, description: Description | null): Promise<void> {
    await this.#store.removeDescription(id);
    await this.#store.removeBody(id, description?.kept?.address ?? null);
    if (description !== null) this.usage.add(-bytesOf(description));
  }

  async #existing(id: string): Promise<Description> {
    const description = await this.#describe(id);
    if (description === null) throw new QuarantineError('missing', `no held message ${id}`);
    return description;
  }

  #describe(id: string): Promise<Description | null> {
    assertId(id);
    return attempt(`read the description of ${id}`, () =>
      readDescription(this.#store, id, this.#ring),
    );
  }

  #listing(): string {
    return `list the quarantine ${this.#store.name}`;
  }
}

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
