import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import type { Counters } from '../../src/baseline/ledger.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import { appliedCommits, bucketBounds } from '../../src/baseline/retention.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import type { ValueTouch } from '../../src/baseline/value-record.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { lesson, request, timeOn, today } from './store-contract.ts';

const alias = 'busy-alias';
const tables = [
  'domain',
  'line',
  'display-name',
  'reply-to',
  'path-shape',
  'recipient',
  'layout',
  'network',
];

/** DESIGN 8. */
const mostBytes = 256 * 1024;

test(
  'an alias at all its caps stays within 256 KB of Redis',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using server = await startRedis();
    await using store = await openRedisStore(server.url, defaultStoreLimits, { timeoutMs: 60_000 });
    await fill(store);
    const inspector = new Redis(server.url);
    const keys = await inspector.keys(`aw:{${alias}}:*`);
    const bytes = await Promise.all(
      keys.map(async (key) => (await inspector.memory('USAGE', key, 'SAMPLES', 0)) ?? 0),
    );
    const sizes = await Promise.all(
      keys.filter((key) => key.includes(':v:')).map((key) => inspector.hlen(key)),
    );
    const buckets = (await inspector.hkeys(`aw:{${alias}}:d`)).filter(
      (day) => day !== 'names',
    ).length;
    inspector.disconnect();

    const values = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(values > defaultStoreLimits.values, `the fill overflows the cap: ${values} values`);
    assert.equal(buckets, bucketBounds(defaultStoreLimits).most);
    assertBounded(new Map(keys.map((key, i) => [key, bytes[i] ?? 0])), mostBytes);
  },
);

test('an alias at all its caps stays within 256 KB of a SQLite file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-caps-'));
  const path = join(folder, 'caps.db');
  try {
    await using store = await openSqliteStore(path, defaultStoreLimits);
    await fill(store);
    // As many lessons as a busy day has, of which only the latest are recognised when they come again.
    for (let i = 0; i < 2 * appliedCommits.most; i++) await store.commit(lesson(alias, today));
    using database = new DatabaseSync(path);
    const rows = database
      .prepare('SELECT name, SUM(pgsize) AS bytes FROM dbstat GROUP BY name')
      .all();
    const values = database.prepare('SELECT COUNT(*) AS n FROM value').get()?.['n'] as number;
    const buckets = database.prepare('SELECT COUNT(*) AS n FROM bucket').get()?.['n'];
    assert.ok(values > defaultStoreLimits.values, `the fill overflows the cap: ${values} values`);
    assert.equal(buckets, bucketBounds(defaultStoreLimits).most);
    const bytes = new Map(rows.map(({ name, bytes: size }) => [name as string, size as number]));
    const applied = database.prepare('SELECT COUNT(*) AS n FROM applied').get()?.['n'] as number;
    assert.ok(
      applied >= appliedCommits.keep && applied < appliedCommits.most + 64,
      `${applied} ids`,
    );
    assertBounded(bytes, mostBytes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function assertBounded(bytes: ReadonlyMap<string, number>, most: number): void {
  const total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  const parts = [...bytes].map(([name, size]) => `${name} ${size}`).sort();
  assert.ok(total <= most, `${total} bytes:\n${parts.join('\n')}`);
}

async function fill(store: BaselineStore): Promise<void> {
  const days = bucketBounds(defaultStoreLimits).most;
  await inBatches(800, (i) => {
    const day = today - days + 1 + Math.min(i, days - 1);
    const values = tables.map((table) => touchOf(table, i));
    return store.commit(lesson(alias, day, { counters: i < days ? busyDay(i) : { n: 1 }, values }));
  });
  // Two epochs full of signatures, one in ten of them replayed.
  await inBatches(1000, (i) => {
    const at = timeOn(today - 4 * (i % 2));
    const recipients = Array.from(
      { length: i % 10 === 0 ? 12 : 1 },
      (_, j) => `recipient ${i + j}`,
    );
    return store.observe(
      request(alias, at, { signature: `signature ${i}`, recipients, actor: `actor ${i}` }),
    );
  });
}

async function inBatches(times: number, work: (i: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < times; start += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, times - start) }, (_, i) => work(start + i)),
    );
  }
}

/** Names as long as those in real mail; masks with any number of members. */
function touchOf(table: string, i: number): ValueTouch {
  const hash = createHash('sha256')
    .update(`${table} ${i % 700}`)
    .digest();
  const text =
    table === 'domain' || table === 'reply-to'
      ? `${hash.toString('hex', 0, 6)}.example`
      : hash.toString('base64url', 0, 8);
  const [domains, recipients, actors] = [
    hash.readUInt32LE(8),
    hash.readUInt32LE(12),
    hash.readUInt32LE(16),
  ];
  return { table, value: text, domains, recipients, actors };
}

/** The counters of a day with some hundred messages: scores, trials, innovations, histograms, lure words. */
function busyDay(seed: number): Counters {
  const words = [
    'verify',
    'account',
    'payment',
    'invoice',
    'confirm',
    'support',
    'cancel',
    'unauthorized',
    'renewal',
    'transaction',
  ];
  const counters: Record<string, number> = {
    n: 100 + (seed % 50),
    't.content': 100,
    't.path': 98,
  };
  for (let i = 0; i < 12; i++)
    counters[`s.${((seed + i * 3) % 50) - 25}`] = 1 + ((i * 7 + seed) % 40);
  for (const signal of ['link', 'layout', 'reply-to', 'display-name'])
    counters[`x.${signal}`] = 1 + (seed % 9);
  for (let bin = 0; bin < 4; bin++) {
    for (const name of ['subject-lure', 'body-lure', 'volume'])
      counters[`h.${name}.${bin}`] = 20 + bin;
  }
  for (let hour = 0; hour < 24; hour++)
    counters[`o.${24 * (seed % 7) + hour}`] = 1 + ((seed + hour) % 12);
  for (const word of words) counters[`w.body.${word}`] = 40 + (seed % 60);
  return counters;
}
