import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bodiesFolder, openBody, removeBody, writeBody } from './body-file.ts';
import { identifyDirectory } from './directory.ts';
import { syncDirectory, writeDurably, type Disk } from './disk.ts';
import type { HeldStore, StateTag, StoredEntry } from './held-store.ts';
import { sweepLeftovers } from './leftovers.ts';
import {
  QuarantineError,
  asQuarantineError,
  errorCode,
  ignoreMissing,
  tooLarge,
} from './quarantine-error.ts';

/** Held mail as files: `<id>.eml` is the received bytes, `<id>.json` the description. */
export async function directoryStore(
  directory: string,
  { disk, create }: { readonly disk: Disk; readonly create: boolean },
): Promise<HeldStore> {
  const pathOf = (id: string) => join(directory, `${id}.json`);
  const place = { directory, disk };
  const version = (id: string) =>
    stat(pathOf(id)).then(
      ({ mtimeMs }) => mtimeMs,
      (error: unknown) => {
        if (errorCode(error) === 'ENOENT') return null;
        throw asQuarantineError(error, `look up message ${id}`);
      },
    );
  const write = (id: string, bytes: Buffer) =>
    writeDurably(disk, { directory, name: `${id}.json`, bytes: [bytes] });
  return {
    id: await identifyDirectory(directory, create),
    name: directory,
    writeBody: (id, what) => writeBody(place, { id, ...what }),
    openBody: (id, how) => openBody(place, { id, ...how }),
    removeBody: (id, address) => removeBody(place, { id, address }),
    isRefusal: async (id) => (await version(id)) === null,
    readDescription: async (id, maxBytes) => {
      const path = pathOf(id);
      try {
        if ((await stat(path)).size > maxBytes) throw new Error(tooLarge);
        return await readFile(path);
      } catch (error) {
        const code = errorCode(error);
        if (code === 'ENOENT') return null;
        throw new QuarantineError('damaged', `${path} is damaged: ${code}`, { cause: error });
      }
    },
    createDescription: write,
    replaceDescription: async (id, bytes): Promise<StateTag> => {
      await write(id, bytes);
      return null;
    },
    removeDescription: async (id) => {
      await disk.unlink(pathOf(id)).catch(ignoreMissing);
      await syncDirectory(disk, directory);
    },
    tagOf: () => Promise.resolve(null),
    settle: () => syncDirectory(disk, directory),
    version,
    entries: () => entries(directory, version),
    sweepLeftovers: () => sweepLeftovers(directory),
    measure: () => bytesIn(directory),
  };
}

async function* entries(
  directory: string,
  version: (id: string) => Promise<number | null>,
): AsyncGenerator<StoredEntry> {
  for await (const { name } of await opendir(directory, { bufferSize: 512 })) {
    if (!name.endsWith('.json')) continue;
    const id = name.slice(0, -'.json'.length);
    yield {
      id,
      version: () => version(id),
      bodyFault: () =>
        stat(join(directory, `${id}.eml`)).then(
          () => null,
          (error: unknown) => `its message cannot be read: ${errorCode(error)}`,
        ),
    };
  }
}

/** A body that several messages share counts once: by its name in `bodies`. */
async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const folder of [directory, join(directory, bodiesFolder)]) {
    const files = await opendir(folder).catch(() => null);
    if (files === null) continue;
    for await (const file of files) {
      if (!file.isFile()) continue;
      const { size, nlink } = await stat(join(folder, file.name)).catch(() => gone);
      if (folder === directory && nlink > 1) continue;
      bytes += size;
    }
  }
  return bytes;
}

const gone = { size: 0, nlink: 0 };
