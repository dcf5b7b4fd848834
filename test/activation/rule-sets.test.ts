import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';
import { packFiles, unpackFiles } from '../../src/activation/stored-files.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { ruleSetStoreContract } from './rule-sets-contract.ts';

const options = { timeoutMs: 2000 };
const skip = requireInstalled('redis-server', 'redis-server');
const servers = new AsyncDisposableStack();
let folder = '';
let addresses: Readonly<Record<'standalone' | 'cluster', string>>;
let nodes: readonly string[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-rule-sets-'));
  servers.defer(() => rm(folder, { recursive: true, force: true }));
  if (skip !== false) return;
  const standalone = servers.use(await startRedis()).url;
  const cluster = servers.use(await startRedisCluster()).url;
  addresses = { standalone, cluster };
  const masters = cluster.slice('redis-cluster://'.length).split(',');
  nodes = [standalone, ...masters.map((address) => `redis://${address}`)];
});
after(() => servers.disposeAsync());

let files = 0;
ruleSetStoreContract({
  name: 'SQLite',
  skip: false,
  openTwo: async () => {
    const store = `sqlite:${join(folder, `baselines-${files++}.db`)}`;
    return [await openRuleSets(store, options), await openRuleSets(store, options)];
  },
});
for (const kind of ['standalone', 'cluster'] as const)
  ruleSetStoreContract({
    name: kind === 'cluster' ? 'Redis Cluster' : 'Redis',
    skip,
    openTwo: async () => {
      for (const node of nodes) {
        const client = new Redis(node);
        await client.flushall();
        client.disconnect();
      }
      const store = addresses[kind];
      return [await openRuleSets(store, options), await openRuleSets(store, options)];
    },
  });

test('a store in a file that nobody made is empty, and looking does not make it', async () => {
  const store = `sqlite:${join(folder, 'nobody.db')}`;
  await using sets = await openRuleSets(store, { ...options, readOnly: true });
  assert.equal((await sets.inForce()).active, null);
});

test('files that were damaged in a store are refused', async () => {
  const packed = await packFiles(new Map([['policy.yaml', Buffer.from('mode: tag\n')]]));
  await assert.rejects(unpackFiles(packed.subarray(0, packed.length - 9)));
  await assert.rejects(unpackFiles(Buffer.from('nonsense')));
});
