import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { order, status } from './samples.ts';

const noRedis = requireInstalled('redis-server', 'redis-server');
const owned = new AsyncDisposableStack();
const locations = new Map<string, string>();
before(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-live-'));
  owned.defer(() => rm(directory, { recursive: true, force: true }));
  locations.set('SQLite', `sqlite:${join(directory, 'baselines.db')}`);
  if (noRedis !== false) return;
  locations.set('Redis', owned.use(await startRedis()).url);
  locations.set('Redis Cluster', owned.use(await startRedisCluster()).url);
});
after(() => owned.disposeAsync());

for (const kind of ['SQLite', 'Redis', 'Redis Cluster']) {
  const skip = kind === 'SQLite' ? false : noRedis;
  const open = () => openLiveStore(locations.get(kind) ?? '', { timeoutMs: 2000 });
  describe(`${kind}: what processes say of themselves`, { skip }, () => {
    test('everybody sees what each said last, until it is silent or gone', async () => {
      await using one = await open();
      await using two = await open();
      assert.deepEqual([await one.processes(), await one.order()], [[], null]);
      await one.say('a', status, 60_000);
      await one.say('a', { ...status, ruleset: '00aa11bb4f1c' }, 60_000);
      await two.say('b', { ...status, host: 'mx2.example' }, 60_000);
      await two.say('c', { ...status, host: 'mx3.example' }, 1);
      while ((await one.processes()).length > 2) await delay(2);
      const seen = (await one.processes()).map(({ host, ruleset }) => `${host} ${ruleset}`);
      assert.deepEqual(seen.sort(), ['mx1.example 00aa11bb4f1c', 'mx2.example 4f1c00aa11bb']);
      await one.leave('a');
      await two.leave('b');
      assert.deepEqual(await two.processes(), []);
    });

    test('the last order about the breaker is everybody’s, and stays', async () => {
      await using one = await open();
      await one.give(order);
      await one.give({ ...order, id: 'later', state: 'closed' });
      await using two = await open();
      assert.deepEqual(await two.order(), { ...order, id: 'later', state: 'closed' });
    });
  });
}

test('a command that only looks creates no file', async () => {
  const location = `${locations.get('SQLite') ?? ''}-elsewhere`;
  await using looking = await openLiveStore(location, { timeoutMs: 1000, readOnly: true });
  assert.deepEqual([await looking.processes(), await looking.order()], [[], null]);
  await assert.rejects(looking.give(order), /read only/);
});
