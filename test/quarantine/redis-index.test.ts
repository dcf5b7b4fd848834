import { after, before } from 'node:test';
import { Redis } from 'ioredis';
import { parseRedisAddress } from '../../src/redis/redis-address.ts';
import { openRedisIndex } from '../../src/quarantine/redis-index.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { indexContract, type IndexUnderTest } from './index-contract.ts';

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

function onRedis(kind: 'standalone' | 'cluster'): IndexUnderTest {
  let current = '';
  return {
    name: kind === 'cluster' ? 'Redis Cluster' : 'Redis',
    skip,
    open: async (name) => {
      if (name !== current) await emptyAll(addresses[kind]);
      current = name;
      return openRedisIndex(addresses[kind], { timeoutMs: 5000 });
    },
  };
}

async function emptyAll(address: string): Promise<void> {
  for (const node of parseRedisAddress(address).nodes) {
    const client = new Redis(node);
    await client.flushall();
    client.disconnect();
  }
}

indexContract(onRedis('standalone'));
indexContract(onRedis('cluster'));
