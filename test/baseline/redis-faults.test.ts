import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { maturationDays, type Counters } from '../../src/baseline/ledger.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { lesson, newAlias, request, timeOn, today, touch } from './store-contract.ts';

const timeoutMs = 100;
const at = timeOn(today);

function open(url: string): Promise<BaselineStore> {
  return openRedisStore(url, defaultStoreLimits, { timeoutMs });
}

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Fails until the deadline and the breaker are proven: five slow refusals, then immediate ones. */
async function refusesFast(store: BaselineStore, alias: string): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const ms = await tookMs(() => assert.rejects(store.observe(request(alias, at))));
    assert.ok(ms < timeoutMs + 150, `refusal ${i} took ${ms} ms`);
  }
  const ms = await tookMs(async () => {
    for (let i = 0; i < 50; i++)
      await assert.rejects(store.observe(request(alias, at)), /is not asked for a moment/);
  });
  assert.ok(ms < timeoutMs, `50 refusals took ${ms} ms`);
}

async function recovers(store: BaselineStore): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      await store.ping();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}

/** Nobody listens on the port of a server that was killed. */
async function startedAndKilled(): Promise<RedisServer> {
  const server = await startRedis();
  await server.kill();
  return server;
}

suite('Redis faults', { skip: requireInstalled('redis-server', 'redis-server') }, () => {
  test('a hung server costs the deadline, then nothing, and is found again', async () => {
    await using server = await startRedis();
    await using store = await open(server.url);
    const alias = newAlias();
    await store.observe(request(alias, at));
    server.signal('SIGSTOP');
    await refusesFast(store, alias);
    server.signal('SIGCONT');
    await recovers(store);
    await store.observe(request(alias, at));
  });

  test('a server that is killed and comes back empty is found again, without what it forgot', async () => {
    await using server = await startRedis();
    await using store = await open(server.url);
    const alias = newAlias();
    await store.commit(lesson(alias, today - maturationDays));
    const before = await store.observe(request(alias, at));
    assert.equal(before.snapshot.days, 1);
    await server.kill();
    await refusesFast(store, alias);
    await server.restart();
    await recovers(store);
    const after = await store.observe(request(alias, at));
    assert.equal(after.snapshot.days, 0);
    assert.notEqual(after.snapshot.version, before.snapshot.version);
  });

  test('opening succeeds while the server is down', async () => {
    await using server = await startedAndKilled();
    const ms = await tookMs(async () => {
      await using store = await open(server.url);
      await assert.rejects(
        store.observe(request('a', at)),
        new RegExp(
          `^Error: Baseline store redis://127.0.0.1:${server.port}: not connected \\(.*ECONNREFUSED`,
        ),
      );
      await server.restart();
      await recovers(store);
      await store.observe(request('a', at));
    });
    assert.ok(ms < 10_000, `${ms} ms`);
  });

  test('a lesson that timed out and was applied all the same is not applied again', async () => {
    await using server = await startRedis();
    await using store = await open(server.url);
    const commit = lesson(newAlias(), today, { values: [touch('domain', 'a.example')] });
    await store.ping();
    server.signal('SIGSTOP');
    await assert.rejects(store.commit(commit), /no answer within 100 ms|Command timed out/);
    server.signal('SIGCONT');
    await recovers(store);
    await store.commit(commit);
    const { snapshot, values } = await store.describe(commit.alias, timeOn(today + maturationDays));
    assert.deepEqual(snapshot.counters, { n: 1 });
    assert.equal(values[0]?.record.count, 1);
  });

  test('a server that takes over without the last lesson names what it learns instead otherwise', async () => {
    await using server = await startRedis();
    await using store = await open(server.url);
    const alias = newAlias();
    const late = today - maturationDays;
    const learn = (counters: Counters) => store.commit(lesson(alias, late, { counters }));
    const seen = async () => (await store.observe(request(alias, at))).snapshot.counters;
    await learn({ n: 1 });
    assert.deepEqual(await seen(), { n: 1 });
    const redis = new Redis(server.url);
    const keys = await redis.keys(`aw:{${alias}}:*`);
    const replica = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    await learn({ lost: 1 });
    assert.deepEqual(await seen(), { n: 1, lost: 1 });
    await redis.del(keys);
    for (const [i, key] of keys.entries()) await redis.restore(key, 0, replica[i]!);
    redis.disconnect();
    await learn({ instead: 1 });
    assert.deepEqual(await seen(), { n: 1, instead: 1 });
  });

  test('a wrong password is told without the password', async () => {
    await using server = await startRedis('--requirepass', 'right');
    await using wrong = await open(`redis://:s3cret%3F@127.0.0.1:${server.port}`);
    await assert.rejects(wrong.observe(request('a', at)), (error: Error) => {
      assert.match(error.message, /WRONGPASS/);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /s3cret/);
      return true;
    });
    await using right = await open(`redis://:right@127.0.0.1:${server.port}`);
    await right.ping();
  });

  test('observe is one round trip, before and after the server lost its scripts', async () => {
    await using server = await startRedis();
    await using store = await open(server.url);
    const alias = newAlias();
    const values = [touch('domain', 'a.example'), touch('line', 'b')];
    const observe = () =>
      store.observe(request(alias, at, { values, signature: 'sig', recipients: ['r'] }));
    await observe();
    const inspector = new Redis(server.url);
    await inspector.config('RESETSTAT');
    for (let i = 0; i < 10; i++) await observe();
    const stats = await inspector.info('commandstats');
    await inspector.script('FLUSH');
    await observe();
    inspector.disconnect();
    // What the script itself calls is counted too; a client would send EVAL, SCRIPT or a command of its own.
    const sent = [
      ...stats.matchAll(/cmdstat_(evalsha|eval|script\S*|mget|multi|get):calls=(\d+)/g),
    ].map(([, name, calls]) => `${name} ${calls}`);
    assert.deepEqual(sent, ['evalsha 10']);
  });
});
