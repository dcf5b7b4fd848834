import { after, before } from 'node:test';
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
