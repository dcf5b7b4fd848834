import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RedisClient } from '../redis/redis-client.ts';
import { anyFormat } from '../redis/redis-format.ts';
import { openLiveStore } from '../live/open-live-store.ts';
import { realDisk, syncDirectory, writeDurably } from '../quarantine/disk.ts';
import { lockStateDirectory, stateFormatFile, unfinishedRestore } from '../state-directory.ts';
import type { About } from './about.ts';
import { checkDatabase } from './copy-database.ts';
import { databaseOf, isPart, passingStoreFiles, redisPart, storeFiles } from './parts.ts';
import { checkKeyFile, loadKeyFile, removeKeys, writeKeyFile } from './redis-file.ts';
import { keptKeys } from './redis-keys.ts';
import { unpackArchive, type UnpackOptions } from './unpack-archive.ts';

export type RestoreOptions = UnpackOptions & {
  readonly path: string;
  readonly stateDir: string;
  /** As in the settings. */
  readonly store: string;
  /** Moves what is there out of the way; without it a state that is not empty is refused. */
  readonly replaces: boolean;
  readonly at: Date;
};

export type Restored = {
  readonly about: About;
  readonly files: number;
  readonly bytes: number;
  /** Where what was there before is now, or null. */
  readonly before: string | null;
};

/** Also one that a newer program wrote: it is to be replaced. */
const anyRedis = { timeoutMs: 30_000, format: anyFormat };

/**
 * Puts a backup in place, once every byte of it has been checked. While it is at work nothing serves from the state
 * directory; what dies half-way leaves a mark, and serve refuses it until a restore has come to its end.
 * @throws Error in one sentence; before the first file is put in place nothing has changed.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { path, stateDir, store, replaces, at } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  using lock = lockStateDirectory(stateDir);
  if (lock === null)
    throw new Error(`\`serve\` runs on ${stateDir}: stop it, and what else uses it, and try again`);
  await refuseRunning(store);
  await removeLeftovers(stateDir);
  const staging = await mkdtemp(join(stateDir, '.restore-'));
  try {
    const { about, names, bytes } = await unpackArchive(path, staging, options);
    await checkParts(names, { path, staging, store });
    await using redis = await redisOf(store);
    const there = await whatIsThere(options);
    const keys = redis === null ? [] : await keptKeys(redis);
    if (there.length + keys.length > 0 && !replaces)
      throw new Error(
        `${there.length > 0 ? stateDir : store.replace(/\/\/.*@/, '//')} is not empty: --force moves what is there out of the way first`,
      );
    const isEmpty = there.length + keys.length === 0;
    const before = isEmpty
      ? null
      : join(stateDir, `before-restore-${at.toISOString().replaceAll(/[:.]/g, '-')}`);

    const mark = { directory: stateDir, name: unfinishedRestore, bytes: [] };
    await writeDurably(realDisk, mark);
    if (before !== null) {
      for (const [name, from] of there) await move(from, join(before, name));
      if (redis !== null && keys.length > 0) {
        await writeKeyFile(redis, keys, join(before, redisPart));
        await removeKeys(redis, keys);
      }
    }
    if (redis !== null) await loadKeyFile(redis, join(staging, redisPart));
    // That of what was there; what is restored brings its own, or is of the first format.
    await rm(join(stateDir, stateFormatFile), { force: true });
    const places = names.filter((name) => name !== redisPart);
    for (const name of places) await move(join(staging, name), placeOf(name, options));
    for (const directory of new Set(places.map((name) => dirname(placeOf(name, options)))))
      await syncDirectory(realDisk, directory);
    await rm(join(stateDir, unfinishedRestore), { force: true });
    await syncDirectory(realDisk, stateDir);
    return { about, files: names.length, bytes, before };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

type Parts = { readonly path: string; readonly staging: string; readonly store: string };

/** What was unpacked is of this kind of store, and nothing that we do not know. */
async function checkParts(
  names: readonly string[],
  { path, staging, store }: Parts,
): Promise<void> {
  const isRedis = names.includes(redisPart);
  if (isRedis === store.startsWith('sqlite:'))
    throw new Error(
      `${path} has the baselines of ${isRedis ? 'a Redis' : 'SQLite'}: name such a store with --store`,
    );
  try {
    for (const name of names) {
      const content = databaseOf(name);
      if (content !== null) checkDatabase(join(staging, name), name, content);
    }
    if (isRedis) await checkKeyFile(join(staging, redisPart));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be restored: ${reason}`, { cause: error });
  }
}

/** Of a restore that was killed: nobody else is at work here. */
async function removeLeftovers(stateDir: string): Promise<void> {
  const names = (await readdir(stateDir)).filter((name) => /^\.restore-/.test(name));
  for (const name of names) await rm(join(stateDir, name), { recursive: true, force: true });
}

/** Also on another state directory, where the store is shared. */
async function refuseRunning(store: string): Promise<void> {
  await using live = await openLiveStore(store, { ...anyRedis, readOnly: true });
  const [running] = await live.processes();
  if (running !== undefined)
    throw new Error(
      `\`serve\` runs with this store on ${running.host} (or was killed there less than 15 s ago): stop it and try again`,
    );
}

async function redisOf(store: string): Promise<RedisClient | null> {
  if (store.startsWith('sqlite:')) return null;
  const client = new RedisClient(store, { title: 'Baseline store', ...anyRedis });
  await client.connected();
  return client;
}

function placeOf(name: string, { stateDir, store }: Pick<RestoreOptions, 'stateDir' | 'store'>) {
  const prefix = 'store/baselines.db';
  return name.startsWith(prefix)
    ? `${store.slice('sqlite:'.length)}${name.slice(prefix.length)}`
    : join(stateDir, name.slice('state/'.length));
}

/** Files that a backup would have, and their logs of writes, by their names in one. */
async function whatIsThere({
  stateDir,
  store,
}: Pick<RestoreOptions, 'stateDir' | 'store'>): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  const inFolder = async (folder: string) => {
    const names = await readdir(join(stateDir, folder)).catch(() => []);
    for (const name of names) {
      const part = join('state', folder, name);
      if (name !== stateFormatFile && isPart(part.replace(/-(?:wal|shm)$/, '')))
        found.push([part, join(stateDir, folder, name)]);
    }
  };
  for (const folder of ['', 'learn', 'audit', 'quarantine', 'quarantine/bodies'])
    await inFolder(folder);
  if (store.startsWith('sqlite:')) {
    for (const end of Object.keys({ ...storeFiles, ...passingStoreFiles }))
      for (const log of ['', '-wal', '-shm']) {
        const path = `${store.slice('sqlite:'.length)}${end}${log}`;
        if (existsSync(path)) found.push([`store/baselines.db${end}${log}`, path]);
      }
  }
  return found;
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
    await unlink(from);
  }
}
