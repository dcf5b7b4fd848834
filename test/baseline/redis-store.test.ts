import { after, before } from 'node:test';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import type { StoreLimits } from '../../src/baseline/store.ts';
import { requireInstalled } from '../support/installed.ts';
import {
  startRedis,
  startRedisCluster,
  type RedisCluster,
  type RedisServer,
} from '../support/redis.ts';
import { storeContract } from './store-contract.ts';
import { storeEquivalence } from './store-equivalence.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const servers = new AsyncDisposableStack();
let server: RedisServer;
let cluster: RedisCluster;
before(async () => {
  if (skip !== false) return;
  server = servers.use(await startRedis());
  cluster = servers.use(await startRedisCluster());
});
after(() => servers.disposeAsync());

const timeoutMs = 2000;
const standalone = {
  name: 'Redis',
  skip,
  isShared: true,
  open: (limits: StoreLimits) => openRedisStore(server.url, limits, { timeoutMs }),
};
const clustered = {
  name: 'Redis Cluster',
  skip,
  isShared: true,
  open: (limits: StoreLimits) => openRedisStore(cluster.url, limits, { timeoutMs }),
};
storeContract(standalone);
storeContract(clustered);
storeEquivalence(standalone, 40);
