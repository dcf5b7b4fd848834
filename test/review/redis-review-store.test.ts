import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { reviewStoreContract } from './review-store-contract.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const servers = new AsyncDisposableStack();
let addresses: Readonly<Record<'standalone' | 'cluster', string>>;
before(async () => {
  if (skip !== false) return;
  addresses = {
    standalone: servers.use(await startRedis()).url,
    cluster: servers.use(await startRedisCluster()).url,
  };
});
after(() => servers.disposeAsync());

for (const kind of ['standalone', 'cluster'] as const)
  reviewStoreContract({
    name: kind === 'cluster' ? 'Redis Cluster' : 'Redis',
    skip,
    isShared: true,
    open: () => openReviewStore(addresses[kind], { timeoutMs: 2000 }),
  });

test(
  'a batch costs each of its lists one step, and a hundred steps one command',
  { skip },
  async () => {
    await using store = await openReviewStore(addresses.standalone, { timeoutMs: 2000 });
    const commands = new Redis(addresses.standalone);
    await commands.config('RESETSTAT');
    const atMs = Date.now();
    const untilMs = atMs + 3_600_000;
    const tags = ['batch-alias', 'batch-recipient'];
    await store.put(
      'message',
      Array.from({ length: 300 }, (_, index) => ({
        ...{ id: `batch-${index}`, atMs: atMs + index, untilMs: untilMs + index, tags, text: '{}' },
      })),
    );
    const stats = await commands.info('commandstats');
    const lifetime = await commands.pexpiretime('aw:review:messages:batch-alias');
    commands.disconnect();
    const callsOf = (name: string) =>
      Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    assert.equal(callsOf('set'), 300);
    assert.equal(callsOf('zadd'), 3);
    // The first of a connection may have to bring the script along, after it was tried without.
    assert.equal(callsOf('evalsha') + callsOf('eval'), 4);
    assert.equal(lifetime, untilMs + 299, 'as long as the last of them');
    assert.equal(
      (await store.newest('message', { tag: 'batch-alias', limit: 1000, after: null })).length,
      300,
    );
  },
);
