import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { maturationDays } from '../../src/baseline/ledger.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startSentinels } from '../support/redis.ts';
import { lesson, newAlias, timeOn, today } from './store-contract.ts';

const at = timeOn(today);
const learnedOn = today - maturationDays;

/** How long the store refused, in ms; every refusal came in time. */
async function refusedFor(store: BaselineStore, timeoutMs: number): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const askedMs = performance.now();
    try {
      await store.commit(lesson('probe', today));
      return askedMs - startedMs;
    } catch {
      const tookMs = performance.now() - askedMs;
      assert.ok(tookMs < timeoutMs + 300, `refused after ${tookMs} ms`);
    }
    if (askedMs - startedMs > 30_000) throw new Error('never back');
    await delay(20);
  }
}

test(
  'Sentinels name the next server where the one of before hangs or is killed, and nothing counts twice',
  { skip: requireInstalled('redis-server', 'redis-server'), timeout: 60_000 },
  async (context) => {
    await using set = await startSentinels();
    const [first, second] = set.servers;
    const timeoutMs = 150;
    await using store = await openRedisStore(set.url, defaultStoreLimits, { timeoutMs });
    const alias = newAlias();
    const count = async () => {
      await using reader = await openRedisStore(set.url, defaultStoreLimits, { timeoutMs: 5000 });
      return (await reader.describe(alias, at)).snapshot.counters['n'];
    };
    const learned = [lesson(alias, learnedOn), lesson(alias, learnedOn)] as const;
    await store.commit(learned[0]);
    await delay(100); // Replication is not waited for by anybody.

    first.signal('SIGSTOP');
    await assert.rejects(store.commit(learned[1]));
    context.diagnostic(`hung: refused for ${Math.round(await refusedFor(store, timeoutMs))} ms`);
    for (const each of learned) await store.commit(each);
    assert.equal(await count(), 2);

    // What it was sent before it hung, it runs now; its word is that of nobody any more.
    first.signal('SIGCONT');
    await second.isFollowedBy(first);
    assert.equal(await count(), 2);

    await second.kill();
    context.diagnostic(`killed: refused for ${Math.round(await refusedFor(store, timeoutMs))} ms`);
    for (const each of learned) await store.commit(each);
    assert.equal(await count(), 2);
  },
);
