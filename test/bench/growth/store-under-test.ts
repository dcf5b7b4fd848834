import { mkdtemp, rm, stat } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openStore } from '../../../src/baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../../src/baseline/store.ts';
import type { Pseudonym } from '../../../src/features/hash.ts';
import {
  defaultLedgerLimits,
  type OrganizationLedgers,
} from '../../../src/organization/ledgers.ts';
import { openOrganization } from '../../../src/organization/open-organization.ts';
import { startRedis } from '../../support/redis.ts';

export type StoreKind = 'sqlite' | 'redis';

/** What a store has taken since it was opened, by the machine's own counters. */
export type StoreUse = {
  /** Of the Redis server; 0 for SQLite, whose work is the process's own. */
  readonly serverCpuMs: number;
  /** To the Redis server. */
  readonly commandBytes: number;
  readonly replyBytes: number;
  /** Those that scripts run are counted. */
  readonly commands: number;
  /** To files, of the whole process (`wchar` of proc_pid_io(5)); 0 for Redis. */
  readonly writtenBytes: number;
};

/** Baselines and the organization's ledgers, opened as `serve` opens them, on a store of their own. */
export type StoreUnderTest = AsyncDisposable & {
  readonly baselines: BaselineStore;
  readonly organization: OrganizationLedgers;
  readonly use: () => Promise<StoreUse>;
  /** SQLite: pages of both files. Redis: MEMORY USAGE of all keys, every element sampled. */
  readonly storedBytes: () => Promise<{
    readonly baselines: number;
    readonly organization: number;
  }>;
  /** Gives every alias `to` all that alias `from` has learned, without learning it. */
  readonly copyAliases: (
    copies: readonly { readonly from: string; readonly to: string }[],
  ) => Promise<void>;
  /** The baselines as another process opens them, with nothing at hand. */
  readonly open: () => Promise<BaselineStore>;
  /** How long another process takes to open it and to list the aliases. */
  readonly reopenMs: () => Promise<number>;
};

export async function openStoreUnderTest(
  kind: StoreKind,
  pseudonym: Pseudonym,
): Promise<StoreUnderTest> {
  await using opening = new AsyncDisposableStack();
  const place = kind === 'sqlite' ? await inFolder(opening) : await inServer(opening);
  const baselines = opening.use(await open(place.location));
  const organization = opening.use(
    await openOrganization(place.location, {
      limits: defaultLedgerLimits,
      timeoutMs,
      pseudonym,
      events: {
        onLookup: () => undefined,
        onLost: (_, error) => {
          throw error;
        },
      },
    }),
  );
  const opened = opening.move();
  return {
    baselines,
    organization,
    use: place.use,
    storedBytes: place.storedBytes,
    copyAliases: place.copyAliases,
    open: () => open(place.location),
    reopenMs: async () => {
      const startedMs = performance.now();
      await using store = await open(place.location);
      await store.aliases();
      return performance.now() - startedMs;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const timeoutMs = 30_000;

function open(location: string): Promise<BaselineStore> {
  return openStore(location, { limits: defaultStoreLimits, timeoutMs });
}

type Place = Pick<StoreUnderTest, 'use' | 'storedBytes' | 'copyAliases'> & {
  readonly location: string;
};

async function inFolder(opening: AsyncDisposableStack): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-growth-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'baselines.db');
  return {
    location: `sqlite:${path}`,
    use: () => {
      const written = /^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1];
      return Promise.resolve({ ...noServer, writtenBytes: Number(written) });
    },
    storedBytes: async () => ({
      baselines: await fileBytes(path),
      organization: await fileBytes(`${path}-organization`),
    }),
    copyAliases: (copies) => Promise.try(() => copyRows(path, copies)),
  };
}

const noServer = { serverCpuMs: 0, commandBytes: 0, replyBytes: 0, commands: 0, writtenBytes: 0 };

function copyRows(path: string, copies: Copies): void {
  using database = new DatabaseSync(path, { timeout: timeoutMs });
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'name'")
    .all();
  const name = database.prepare('INSERT OR IGNORE INTO name (name) VALUES (?)');
  const idOf = '(SELECT id FROM name WHERE name = ?)';
  database.exec('BEGIN IMMEDIATE');
  for (const { to } of copies) name.run(to);
  for (const table of tables.map((row) => row['name'] as string)) {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    const others = columns
      .map((column) => column['name'] as string)
      .filter((column) => column !== 'alias')
      .join(', ');
    const copy = database.prepare(
      `INSERT INTO ${table} (alias, ${others}) SELECT ${idOf}, ${others} FROM ${table} WHERE alias = ${idOf}`,
    );
    for (const { from, to } of copies) copy.run(to, from);
  }
  database.exec('COMMIT');
}

type Copies = Parameters<StoreUnderTest['copyAliases']>[0];

async function copyKeys(redis: Redis, copies: Copies): Promise<void> {
  for (const [from, all] of Map.groupBy(copies, (copy) => copy.from)) {
    const keys = await redis.keys(`aw:{${from}}:*`);
    const contents = await Promise.all(
      keys.map(async (key) => ({
        name: key.slice(`aw:{${from}}`.length),
        ttl: await redis.pttl(key),
        dump: await redis.dumpBuffer(key),
      })),
    );
    for (const { to } of all) {
      const pipeline = redis.pipeline();
      for (const { name, ttl, dump } of contents)
        pipeline.restore(`aw:{${to}}${name}`, Math.max(0, ttl), dump);
      await pipeline.sadd('aw:aliases', to).exec();
    }
  }
}

async function fileBytes(path: string): Promise<number> {
  const database = new DatabaseSync(path, { timeout: timeoutMs });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return (await stat(path)).size;
}

async function inServer(opening: AsyncDisposableStack): Promise<Place> {
  const server = opening.use(await startRedis());
  const inspector = opening.adopt(new Redis(server.url), (client) => client.disconnect());
  return {
    location: server.url,
    use: async () => {
      const info = await inspector.info();
      const figure = (name: string) =>
        Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
      return {
        serverCpuMs: 1000 * (figure('used_cpu_user') + figure('used_cpu_sys')),
        commandBytes: figure('total_net_input_bytes'),
        replyBytes: figure('total_net_output_bytes'),
        commands: figure('total_commands_processed'),
        writtenBytes: 0,
      };
    },
    copyAliases: (copies) => copyKeys(inspector, copies),
    storedBytes: async () => {
      const bytes = { baselines: 0, organization: 0 };
      for await (const keys of inspector.scanStream({
        match: 'aw:*',
        count: 1000,
      }) as AsyncIterable<string[]>) {
        const usages = inspector.pipeline();
        for (const key of keys) usages.memory('USAGE', key, 'SAMPLES', 0);
        for (const [index, [, size]] of ((await usages.exec()) ?? []).entries())
          bytes[keys[index]!.startsWith('aw:org:') ? 'organization' : 'baselines'] += Number(size);
      }
      return bytes;
    },
  };
}
