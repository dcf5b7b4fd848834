import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { BreakerOrder } from '../../src/live/breaker-order.ts';
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
      assert.deepEqual([await one.processes(), await one.orders()], [[], []]);
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

    test('the last order about each set, and about all mail, is everybody’s, and stays', async () => {
      await using one = await open();
      await one.give([order]);
      const closed = { ...order, id: 'later', state: 'closed' } as const;
      const trusted = { ...closed, ruleset: 'aa' };
      await one.give([closed, trusted]);
      await using two = await open();
      assert.deepEqual(bySubject(await two.orders()), [closed, trusted]);
    });

    test('what a process finds out is written where nobody has spoken, and overwrites nothing', async () => {
      await using one = await open();
      await using two = await open();
      const found = (ruleset: string, by: string): BreakerOrder => ({
        ...order,
        ...{ cause: 'ruleset', ruleset, by },
      });
      await Promise.all([
        one.propose(found('bb', 'mx1')),
        two.propose(found('cc', 'mx2')),
        one.propose(found('aa', 'mx1')),
      ]);
      await two.propose(found('bb', 'mx2'));
      const heard = async () =>
        bySubject(await two.orders()).map(({ ruleset, by }) => `${ruleset ?? 'all'} ${by}`);
      assert.deepEqual(await heard(), ['all ann', 'aa ann', 'bb mx1', 'cc mx2']);
      await two.forget(['bb', 'cc', 'never heard of']);
      assert.deepEqual(await heard(), ['all ann', 'aa ann']);
      await two.propose(found('bb', 'mx2'));
      assert.deepEqual(await heard(), ['all ann', 'aa ann', 'bb mx2']);
    });
  });
}

function bySubject(orders: readonly BreakerOrder[]): readonly BreakerOrder[] {
  return orders.toSorted((left, right) => (left.ruleset ?? '').localeCompare(right.ruleset ?? ''));
}

test('a file of the first format is brought up to date', async () => {
  const location = `${locations.get('SQLite') ?? ''}-first`;
  const database = new DatabaseSync(`${location.slice('sqlite:'.length)}-live`);
  database.exec(`
CREATE TABLE process (name TEXT PRIMARY KEY, until INTEGER NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE breaker (only INTEGER PRIMARY KEY CHECK (only = 1), said TEXT NOT NULL);
PRAGMA application_id = 1095522124; PRAGMA user_version = 1`);
  database.close();
  await using live = await openLiveStore(location, { timeoutMs: 1000 });
  await live.give([order]);
  assert.deepEqual(await live.orders(), [order]);
});

test('a command that only looks creates no file', async () => {
  const location = `${locations.get('SQLite') ?? ''}-elsewhere`;
  await using looking = await openLiveStore(location, { timeoutMs: 1000, readOnly: true });
  assert.deepEqual([await looking.processes(), await looking.orders()], [[], []]);
  await assert.rejects(looking.give([order]), /read only/);
});
