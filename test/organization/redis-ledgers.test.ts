import { after, before } from 'node:test';
import { Redis } from 'ioredis';
import { parseRedisAddress } from '../../src/redis/redis-address.ts';
import { keepLedgers } from '../../src/organization/keep-ledgers.ts';
import { openRedisLedgers } from '../../src/organization/redis-ledgers.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { ledgersContract, type LedgersUnderTest } from './ledgers-contract.ts';

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

function onRedis(kind: 'standalone' | 'cluster'): LedgersUnderTest {
  let current = '';
  return {
    name: kind === 'cluster' ? 'Redis Cluster' : 'Redis',
    skip,
    isShared: true,
    open: async (name, options) => {
      if (name !== current) await emptyAll(addresses[kind]);
      current = name;
      const store = await openRedisLedgers(addresses[kind], options.limits, { timeoutMs: 2000 });
      return keepLedgers(store, options);
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

ledgersContract(onRedis('standalone'));
ledgersContract(onRedis('cluster'));
