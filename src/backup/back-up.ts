import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RedisClient } from '../redis/redis-client.ts';
import { readRedisFormat, type RedisFormat } from '../redis/redis-format.ts';
import { stateFormat } from '../state-directory.ts';
import { aboutName, backupFormat, type About } from './about.ts';
import { writeArchive, type Written } from './archive-writer.ts';
import { copyDatabase } from './copy-database.ts';
import { addHeldMail, namesIn } from './held-files.ts';
import {
  chainFile,
  journalFile,
  plainFiles,
  redisPart,
  stateDatabases,
  storeFiles,
} from './parts.ts';
import { writeKeyFile } from './redis-file.ts';
import { keptKeys } from './redis-keys.ts';

export type BackUpOptions = {
  readonly stateDir: string;
  /** As in the settings. */
  readonly store: string;
  /** A file that is not there yet. */
  readonly path: string;
  readonly version: string;
  readonly at: Date;
  /** For a progress bar: how much there is to do, then each step. */
  readonly onStart?: (steps: number) => void;
  readonly onStep?: (steps: number) => void;
  readonly signal: AbortSignal;
};

/** A whole archive of a Redis waits for this. */
const redisTimeoutMs = 30_000;

type Staged = { readonly name: string; readonly path: string; readonly size: number };

/**
 * Writes everything that a gateway has learned, holds and has on record into one archive, while it serves. Copies are
 * taken in an order in which nothing names what is not there: heads before their chains, lines before the values they
 * commit to, journals before the store that they speak of.
 * @throws Error in one sentence; nothing is left of the archive then.
 */
export async function backUp(options: BackUpOptions): Promise<Written> {
  const { stateDir, store, path, version, at, signal, onStep = () => undefined } = options;
  // Beside the archive, where there has to be room for it.
  const staging = await mkdtemp(join(dirname(resolve(path)), '.aliaswatch-backup-'));
  try {
    const journals = await namesIn(join(stateDir, 'learn'), journalFile);
    const early = await sizesOf(
      journals.map((name) => [`state/learn/${name}`, join(stateDir, 'learn', name)]),
    );
    const databases = store.startsWith('sqlite:')
      ? await copyStoreFiles(store.slice('sqlite:'.length), staging)
      : null;
    const redis = databases === null ? await dumpRedis(store, staging) : null;
    const audit = join(stateDir, 'audit');
    const chains = await namesIn(audit, chainFile);
    const lines = await sizesOf(
      chains.map((name) => [`state/audit/${name}`, join(audit, name)]),
      wholeLines,
    );
    const held = await namesIn(join(stateDir, 'quarantine'), /^[0-9a-z]{20}\.json$/);
    const beside = await copyAll(
      Object.entries(stateDatabases).map(([name, content]) => ({
        ...{ name: `state/${name}`, from: join(stateDir, name), content },
      })),
      staging,
    );
    const plain = await sizesOf(plainFiles.map((name) => [`state/${name}`, join(stateDir, name)]));
    const files = [
      ...early,
      ...(databases ?? []),
      ...(redis?.files ?? []),
      ...lines,
      ...beside,
      ...plain,
    ];
    const about: About = {
      ...{ format: backupFormat, program: version, at: at.toISOString() },
      ...{ store: redis === null ? 'sqlite' : 'redis', stateFormat },
      redisFormat: redis?.format ?? null,
    };
    options.onStart?.(files.length + held.length);
    return await writeArchive(path, at, async (archive) => {
      await archive.bytes(aboutName, Buffer.from(`${JSON.stringify(about, null, 2)}\n`));
      for (const file of files) {
        signal.throwIfAborted();
        await archive.file(file.name, file.path, file.size);
        onStep(1);
      }
      await addHeldMail(archive, join(stateDir, 'quarantine'), { held, onStep, signal });
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function sizesOf(
  files: readonly (readonly [name: string, path: string])[],
  sizeOf: (path: string) => Promise<number> = async (path) => (await stat(path)).size,
): Promise<readonly Staged[]> {
  const there = files.filter(([, path]) => existsSync(path));
  return Promise.all(there.map(async ([name, path]) => ({ name, path, size: await sizeOf(path) })));
}

/** Up to the last line feed: what comes after it is being written. */
async function wholeLines(path: string): Promise<number> {
  await using file = await open(path);
  const buffer = Buffer.alloc(64 * 1024);
  for (let end = (await file.stat()).size; end > 0;) {
    const from = Math.max(0, end - buffer.length);
    const { bytesRead } = await file.read(buffer, 0, end - from, from);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (last >= 0) return from + last + 1;
    end = from;
  }
  return 0;
}

type Original = {
  readonly name: string;
  readonly from: string;
  readonly content: Parameters<typeof copyDatabase>[2];
};

async function copyAll(
  originals: readonly Original[],
  staging: string,
): Promise<readonly Staged[]> {
  const copies = originals
    .filter(({ from }) => existsSync(from))
    .map(({ name, from, content }): readonly [string, string] => {
      const to = join(staging, name.replaceAll('/', '_'));
      copyDatabase(from, to, content);
      return [name, to];
    });
  return sizesOf(copies);
}

function copyStoreFiles(path: string, staging: string): Promise<readonly Staged[]> {
  if (path === ':memory:') throw new Error('a store in memory cannot be backed up');
  return copyAll(
    Object.entries(storeFiles).map(([end, content]) => ({
      ...{ name: `store/baselines.db${end}`, from: `${path}${end}`, content },
    })),
    staging,
  );
}

async function dumpRedis(
  address: string,
  staging: string,
): Promise<{ readonly files: readonly Staged[]; readonly format: RedisFormat }> {
  await using client = new RedisClient(address, {
    title: 'Baseline store',
    timeoutMs: redisTimeoutMs,
  });
  await client.connected();
  const format = await client.ask(() => readRedisFormat(client.commands));
  const keys = await keptKeys(client);
  const to = join(staging, 'redis');
  await writeKeyFile(client, keys, to);
  return { files: await sizesOf([[redisPart, to]]), format };
}
