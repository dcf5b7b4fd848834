import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import type { ZoneRecords } from '../../src/commands/demo/zone.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { isInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { freePort } from '../support/smtp-ports.ts';
import { vendorRecords } from '../end-to-end/site.ts';
import { Gateway } from './gateway.ts';
import { Ledger } from './ledger.ts';
import { NextHop } from './next-hop.ts';

const run = promisify(execFile);

const quarantineDiskBytes = 64 * 1024 * 1024;

/** The gateway under test and everything it depends on, each with a way to break it. */
export type Surroundings = AsyncDisposable & {
  readonly ledger: Ledger;
  readonly gateway: Gateway;
  readonly nextHop: NextHop;
  readonly quarantineDirectory: string;
  /** Every question gets this from now on; null answers again. */
  readonly breakDns: (fault: ZoneRecords['fault'] | null) => void;
  /** Null where redis-server is not installed: then the store is SQLite, in the state directory. */
  readonly redis: RedisServer | null;
  /** Every command waits up to `ms` from now on, for as long. */
  readonly slowStore: (ms: number) => Promise<void>;
  /** Takes all room where held mail goes, until disposed of; null where no small disk could be mounted. */
  readonly fillQuarantine: (() => Promise<AsyncDisposable>) | null;
};

export async function startSurroundings(): Promise<Surroundings> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-faults-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const stateDir = join(directory, 'state');
  const quarantineDirectory = join(stateDir, 'quarantine');
  await mkdir(quarantineDirectory, { recursive: true });
  const isSmallDisk = await mountSmallDisk(quarantineDirectory);
  if (isSmallDisk)
    opened.defer(async () => {
      await run('umount', ['-l', quarantineDirectory]);
    });

  const zone: Record<string, ZoneRecords> = { ...vendorRecords };
  const dns = opened.use(await startZoneServer(zone, { host: '127.0.0.1', port: 0 }));
  const redis = isInstalled('redis-server') ? opened.use(await startRedis()) : null;
  const ledger = new Ledger();
  const nextHop = opened.use(new NextHop(await freePort(), ledger, directory));
  await nextHop.open();
  const gateway = opened.use(
    new Gateway({
      listen: { host: '127.0.0.1', port: await freePort() },
      nextHop: nextHop.address,
      stateDir,
      dns: dns.address,
      store: redis?.url ?? `sqlite:${join(stateDir, 'baselines.db')}`,
    }),
  );
  await gateway.start();
  const owned = opened.move();
  return {
    ledger,
    gateway,
    nextHop,
    quarantineDirectory,
    redis,
    breakDns: (fault) => {
      for (const [name, records] of Object.entries(vendorRecords))
        zone[name] = fault ? { fault } : records;
    },
    slowStore: (ms) => (redis === null ? Promise.resolve() : pause(redis, ms)),
    fillQuarantine: isSmallDisk ? () => fill(quarantineDirectory) : null,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function mountSmallDisk(directory: string): Promise<boolean> {
  const options = ['-t', 'tmpfs', '-o', `size=${quarantineDiskBytes}`, 'tmpfs', directory];
  return run('mount', options).then(
    () => true,
    () => false,
  );
}

/** A real server that answers nobody for a while, and then everybody. */
async function pause(redis: RedisServer, ms: number): Promise<void> {
  const client = new Redis(redis.port, '127.0.0.1', { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  await client.call('CLIENT', 'PAUSE', String(ms), 'ALL').catch(() => undefined);
  client.disconnect();
}

async function fill(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'filler');
  const file = await open(path, 'w');
  try {
    for await (const chunk of createReadStream('/dev/zero', { end: quarantineDiskBytes }))
      await file.write(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
  return { [Symbol.asyncDispose]: () => rm(path) };
}
