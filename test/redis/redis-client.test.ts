import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { RedisClient } from '../../src/redis/redis-client.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedisCluster } from '../support/redis.ts';

const skip = requireInstalled('redis-server', 'redis-server');

test(
  'a client of a Cluster that is closed while it asks for the slots leaves nothing running',
  {
    skip,
  },
  async () => {
    await using cluster = await startRedisCluster();
    const client = new RedisClient(cluster.url, { title: 'Test', timeoutMs: 2000 });
    await client.connected();
    const commands = client.commands as unknown as { readonly isRefreshing: boolean };
    while (!commands.isRefreshing) await setImmediate();
    await client[Symbol.asyncDispose]();
    // What a connection that is being closed still waits for.
    await delay(1500);
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  },
);
