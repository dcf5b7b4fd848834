import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { loadKeys, readPart } from '../../src/backup/redis-keys.ts';
import { RedisClient } from '../../src/redis/redis-client.ts';
import { redisFormat } from '../../src/redis/redis-format.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { lesson, request, timeOn, today } from './store-contract.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const timeoutMs = 2000;
const opened = new AsyncDisposableStack();
let server: RedisServer;
let redis: Redis;
before(async () => {
  if (skip !== false) return;
  server = opened.use(await startRedis());
  redis = opened.adopt(new Redis(server.url), (client) => client.disconnect());
});
after(() => opened.disposeAsync());
beforeEach(async () => {
  if (skip === false) await redis.flushall();
});

const open = (options = {}) =>
  openRedisStore(server.url, defaultStoreLimits, { timeoutMs, ...options });
const client = (options = {}) =>
  new RedisClient(server.url, { title: 'Test', timeoutMs, ...options });

/** Written by the program of commit 65a3f60, with 12 lessons for each of two aliases. */
async function loadFormer(): Promise<void> {
  await using loading = client();
  await loading.connected();
  const lines = createInterface({
    input: createReadStream(new URL('./redis-format-0.ndjson', import.meta.url)),
  });
  const parts = async function* () {
    for await (const line of lines) yield readPart(line);
  };
  await loadKeys(loading, parts());
}

const mark = () => redis.hgetall('aw:format');
const current = { version: `${redisFormat.version}`, readableFrom: `${redisFormat.readableFrom}` };

describe('what is in Redis says which format it has', { skip }, () => {
  test('the first format is brought up to date at the first connection, once', async () => {
    await loadFormer();
    const generation = () => redis.hget('aw:{paypal-service}:s', 'generation');
    await using store = await open();
    assert.deepEqual(await mark(), current);
    assert.equal(await generation(), null);
    const { snapshot, values } = await store.describe('paypal-service', timeOn(today + 6));
    assert.deepEqual({ ...snapshot.counters }, { n: 12, v: 24, 'x.link-domain': 4 });
    assert.deepEqual([snapshot.days, snapshot.daily], [4, []]);
    assert.deepEqual(values.map(({ table, record }) => [table, record.count]).sort(), [
      ['domain', 12],
      ['reach', 12],
    ]);
    // What it has learned it knows to have learned, and it goes on.
    await store.commit(
      lesson('paypal-service', today, { id: `paypal-service ${today} 0`, counters: { n: 1 } }),
    );
    await store.commit(lesson('paypal-service', today + 1, { counters: { n: 1, w: 1 } }));
    const later = await store.describe('paypal-service', timeOn(today + 6));
    assert.deepEqual({ ...later.snapshot.counters }, { n: 13, v: 24, w: 1, 'x.link-domain': 4 });
    await store.observe(request('paypal-service', timeOn(today + 6)));
    const marked = await generation();
    assert.ok(marked);
    await using again = await open();
    await again.ping();
    assert.equal(await generation(), marked);
  });

  test('several that start at once bring it up to date as one would', async () => {
    await loadFormer();
    const stores = await Promise.all([open(), open(), open()]);
    for (const store of stores) {
      const { snapshot } = await store.describe('docusign-dse', timeOn(today + 6));
      assert.deepEqual({ ...snapshot.counters }, { n: 12, v: 24, 'x.link-domain': 4 });
    }
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  });

  test('who only reads leaves it as it is', async () => {
    await loadFormer();
    await using store = await open({ readOnly: true });
    await store.ping();
    assert.deepEqual(await mark(), {});
  });

  test('an upgrade that breaks off is not marked, and is begun again by the next call', async () => {
    let tries = 0;
    await using broken = client({
      upgrade: () =>
        ++tries === 1 ? Promise.reject(new Error('broke off')) : Promise.resolve(undefined),
    });
    await broken.connected();
    assert.deepEqual([tries, await mark()], [1, {}]);
    await broken.ask(() => broken.commands.ping());
    assert.deepEqual([tries, await mark()], [2, current]);
    await broken.ask(() => broken.commands.ping());
    assert.equal(tries, 2);
  });

  test('a newer format that adds something is shared by both', async () => {
    const next = { version: redisFormat.version + 1, readableFrom: redisFormat.version };
    await using newer = await open({ format: next });
    await using older = await open();
    for (const store of [newer, older, newer, older]) await store.commit(lesson('shared', today));
    const { snapshot } = await older.observe(request('shared', timeOn(today + 6)));
    assert.deepEqual(snapshot.counters, { n: 4 });
    // The one that came last knows less, and lowers nothing.
    assert.equal((await mark())['version'], `${next.version}`);
  });

  test('a format that must not be shared locks out who does not know it, also while it runs', async () => {
    await using older = await open();
    await older.commit(lesson('locked', today));
    const next = redisFormat.version + 1;
    await using newer = await open({ format: { version: next, readableFrom: next } });
    await newer.commit(lesson('locked', today));
    const before = await redis.hgetall('aw:{locked}:d');
    // As after any reconnection.
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const refusal = new RegExp(
      `^Error: Baseline store redis://127.0.0.1:\\d+ was written by a newer Aliaswatch \\(format ${next}, this one reads ${redisFormat.version}\\); upgrade this node$`,
    );
    for (let tries = 0; tries < 100; tries++) {
      const error: unknown = await older.ping().catch((reason: unknown) => reason);
      if (refusal.test(String(error))) break;
      await delay(20);
    }
    await assert.rejects(older.commit(lesson('locked', today)), refusal);
    await assert.rejects(older.observe(request('locked', timeOn(today))), refusal);
    // The reason stays, where a store that does not answer would not be asked for a while.
    for (let tries = 0; tries < 10; tries++) await assert.rejects(older.ping(), refusal);
    assert.deepEqual(await redis.hgetall('aw:{locked}:d'), before);
    await using late = await open();
    await assert.rejects(late.ping(), refusal);
  });
});
