import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Content } from '../smtp/content.ts';
import { hashed } from './body-file.ts';
import { sourceContent, type ByteSource } from './byte-source.ts';
import type { HeldStore, KeptBody, StateTag, StoredEntry } from './held-store.ts';
import { addressOf, type KeyRing } from './key-ring.ts';
import { isProbe } from './probe-objects.ts';
import { ObjectsError, type ObjectBody, type Objects, type ObjectState } from './objects.ts';
import { QuarantineError } from './quarantine-error.ts';
import { seal, sealedLength } from './sealed-bytes.ts';
import { sealedContent } from './sealed-content.ts';

/** Up to so many bytes are in memory when they are sent, so that a call that fails can be made again at once. */
const smallBytes = 1024 * 1024;
/** Far longer than any `hold` takes, in any process that shares the bucket. */
const leftoverAgeMs = 24 * 3_600_000;
const secondMs = 1000;

export type BucketStoreOptions = {
  /** Names the place, whoever opens it. */
  readonly id: string;
  readonly now?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
};

/**
 * Held mail as objects, named as the files of a directory are: `<id>.eml` is the received bytes, `<id>.json` the
 * description. Each message has its own bytes: a bucket counts no links.
 */
export function bucketStore(
  objects: Objects,
  { id: storeId, now = Date.now, pause = sleep }: BucketStoreOptions,
): HeldStore {
  const bodyOf = (id: string) => `${id}.eml`;
  const descriptionOf = (id: string) => `${id}.json`;
  const version = async (id: string) => (await objects.head(descriptionOf(id)))?.modifiedMs ?? null;
  return {
    id: storeId,
    name: objects.name,
    writeBody: (id, what) => writeBody(objects, bodyOf(id), what),
    openBody: (id, how) => openBody(objects, bodyOf(id), how),
    removeBody: (id) => objects.remove(bodyOf(id)),
    // Where no answer came, or another write is under way, it may be there a moment later: then its bytes have to be as well.
    isRefusal: async (id, error) =>
      error instanceof ObjectsError &&
      error.problem !== 'unreachable' &&
      error.problem !== 'busy' &&
      (await version(id)) === null,
    readDescription: (id, maxBytes) => objects.get(descriptionOf(id), maxBytes),
    createDescription: async (id, bytes) => {
      try {
        await objects.put(descriptionOf(id), bytes, 'new');
      } catch (error) {
        ignoreBusy(error);
        // Not only of one that is there: also of a write that met another one (409), and then there may be none.
        if ((await version(id)) === null) throw error;
      }
    },
    replaceDescription: async (id, bytes, tag): Promise<StateTag> => {
      const key = descriptionOf(id);
      const state = await objects.head(key);
      if (state === null || (tag !== null && state.tag !== tag)) throw changed(id);
      await inAnotherSecond(state, pause);
      try {
        return await objects.put(key, bytes, { tag: state.tag });
      } catch (error) {
        ignoreBusy(error);
        return ownWrite(objects, { id, key, bytes });
      }
    },
    removeDescription: (id) => objects.remove(descriptionOf(id)),
    tagOf: async (id) => (await objects.head(descriptionOf(id)))?.tag ?? null,
    settle: () => Promise.resolve(),
    version,
    entries: () => entries(objects, version),
    sweepLeftovers: () => sweepLeftovers(objects, now),
    measure: async () => {
      let bytes = 0;
      for await (const { sizeBytes } of objects.list()) bytes += sizeBytes;
      return bytes;
    },
  };
}

async function writeBody(
  objects: Objects,
  key: string,
  { content, ring }: { readonly content: Content; readonly ring: KeyRing | null },
): Promise<KeptBody> {
  const hash = createHash('sha256');
  const plain = hashed(content, hash);
  const bytes = ring === null ? plain : seal(ring, plain);
  const sizeBytes = ring === null ? content.sizeBytes : sealedLength(content.sizeBytes);
  const body: ObjectBody =
    sizeBytes <= smallBytes
      ? Buffer.concat(await Array.fromAsync(bytes))
      : { sizeBytes, stream: Readable.from(bytes, { objectMode: false }) };
  await objects.put(key, body, null);
  return { address: addressOf(hash.digest(), ring), isSealed: ring !== null };
}

async function openBody(
  objects: Objects,
  key: string,
  { isSealed, ring }: { readonly isSealed: boolean; readonly ring: KeyRing | null },
): Promise<Content> {
  const state = await objects.head(key);
  if (state === null)
    throw new QuarantineError('missing', `there is no object ${key} in ${objects.name}`);
  const source: ByteSource = (endBytes) => objects.read(key, endBytes);
  return isSealed
    ? sealedContent(source, state.sizeBytes, ring)
    : sourceContent(source, state.sizeBytes);
}

/**
 * S3 tells times in whole seconds, and an index must be able to tell two states of a description apart by them: so one
 * is written at most once in a second, by the clock of the storage.
 */
async function inAnotherSecond(
  { modifiedMs, servedMs }: ObjectState,
  pause: (ms: number) => Promise<unknown>,
): Promise<void> {
  if (servedMs - modifiedMs < secondMs) await pause(secondMs);
}

/** A write whose answer was lost is made again, and then meets itself. */
async function ownWrite(
  objects: Objects,
  { id, key, bytes }: { readonly id: string; readonly key: string; readonly bytes: Buffer },
): Promise<StateTag> {
  const [state, there] = [await objects.head(key), await objects.get(key, bytes.length)];
  if (state === null || there?.equals(bytes) !== true) throw changed(id);
  return state.tag;
}

function changed(id: string): QuarantineError {
  return new QuarantineError('busy', `somebody else has changed ${id} meanwhile: look at it again`);
}

function ignoreBusy(error: unknown): void {
  if (!(error instanceof ObjectsError) || error.problem !== 'busy') throw error;
}

/** A list is by name: the bytes of a message stand just before its description. */
async function* entries(
  objects: Objects,
  version: (id: string) => Promise<number | null>,
): AsyncGenerator<StoredEntry> {
  let before = '';
  for await (const { key, modifiedMs } of objects.list()) {
    const body = before;
    before = key;
    if (!key.endsWith('.json')) continue;
    const id = key.slice(0, -'.json'.length);
    const isWhole = body === `${id}.eml`;
    yield {
      id,
      version: () => (isWhole ? Promise.resolve(modifiedMs) : version(id)),
      bodyFault: () =>
        Promise.resolve(isWhole ? null : `its message cannot be read: there is no ${id}.eml`),
    };
  }
}

async function sweepLeftovers(objects: Objects, now: () => number): Promise<void> {
  const isOld = (modifiedMs: number) => now() - modifiedMs > leftoverAgeMs;
  let orphan: string | null = null;
  for await (const { key, modifiedMs } of objects.list()) {
    if (orphan !== null && key !== descriptionFor(orphan)) await removeOrphan(objects, orphan);
    orphan = null;
    if (!isOld(modifiedMs)) continue;
    if (/^[0-9a-z]{20}\.eml$/.test(key)) orphan = key;
    else if (isProbe(key)) await objects.remove(key);
  }
  if (orphan !== null) await removeOrphan(objects, orphan);
}

/** Asked once more: some servers are slow to list what they have. */
async function removeOrphan(objects: Objects, key: string): Promise<void> {
  if ((await objects.head(descriptionFor(key))) === null) await objects.remove(key);
}

function descriptionFor(key: string): string {
  return key.replace(/eml$/, 'json');
}
