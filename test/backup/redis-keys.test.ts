import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  checkKeyFile,
  loadKeyFile,
  removeKeys,
  writeKeyFile,
} from '../../src/backup/redis-file.ts';
import { keptKeys, readPart } from '../../src/backup/redis-keys.ts';
import { RedisClient } from '../../src/redis/redis-client.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-keys-'));
after(() => rm(folder, { recursive: true, force: true }));

async function connect(url: string): Promise<RedisClient> {
  const client = new RedisClient(url, { title: 'Test', timeoutMs: 5000 });
  await client.connected();
  return client;
}

/** Every type, bytes that are no text, what expires, and one that is too large for a part. */
async function fill({ commands }: RedisClient): Promise<void> {
  await commands.set('aw:{a}:o', Buffer.from([0, 255, 10, 13]), 'EX', 1000);
  await commands.hset('aw:{a}:d', Buffer.from([200, 1]), Buffer.from([0x81, 0xff]), 'names', 'x');
  await commands.rpush('aw:{rules}:history', 'b', 'a', 'b');
  await commands.sadd('aw:aliases', 'a', 'ä');
  await commands.zadd('aw:review:messages', 1.5, 'x', 1732600000123, 'y');
  for (let index = 0; index < 40; index++)
    await commands.hset('aw:{big}:v', `field ${index}`, randomBytes(50_000));
  await commands.set('aw:{live}:breaker', 'of the moment');
  await commands.set('aw:review:claim:x', 'of the moment');
  await commands.set('somebody else', 'not ours');
}

const typesOf = ({ commands }: RedisClient) => ({
  text: () => commands.getBuffer('aw:{a}:o'),
  hash: () => commands.hgetallBuffer('aw:{a}:d'),
  list: () => commands.lrange('aw:{rules}:history', 0, -1),
  set: async () => (await commands.smembers('aw:aliases')).sort(),
  sorted: () => commands.zrange('aw:review:messages', '0', '-1', 'WITHSCORES'),
  large: () => commands.hgetallBuffer('aw:{big}:v'),
  expiry: () => commands.call('PEXPIRETIME', 'aw:{a}:o'),
});

test('what is in Redis goes into a Cluster and back, byte for byte', { skip }, async () => {
  await using server = await startRedis();
  await using cluster = await startRedisCluster();
  await using one = await connect(server.url);
  await using many = await connect(cluster.url);
  await fill(one);
  const keys = await keptKeys(one);
  assert.deepEqual(keys, [
    ...['aw:aliases', 'aw:review:messages', 'aw:{a}:d', 'aw:{a}:o', 'aw:{big}:v'],
    'aw:{rules}:history',
  ]);
  const first = join(folder, 'first');
  await writeKeyFile(one, keys, first);
  assert.ok((await checkKeyFile(first)) > keys.length, 'the large one is in parts');
  await loadKeyFile(many, first);
  assert.deepEqual(await keptKeys(many), keys);
  for (const [name, read] of Object.entries(typesOf(one)))
    assert.deepEqual(await typesOf(many)[name as 'text'](), await read(), name);
  const second = join(folder, 'second');
  await writeKeyFile(many, keys, second);
  await removeKeys(one, keys);
  assert.deepEqual(await keptKeys(one), []);
  await loadKeyFile(one, second);
  for (const [name, read] of Object.entries(typesOf(many)))
    assert.deepEqual(await typesOf(one)[name as 'text'](), await read(), name);
});

test('what is no key of ours is refused', () => {
  const good = { key: 'aw:x', kind: 'hash', expiresAtMs: null, items: ['YQ==', 'Yg=='] };
  assert.equal(readPart(JSON.stringify(good)).items[1]?.toString(), 'b');
  for (const wrong of [
    { key: 'mine' },
    { kind: 'module' },
    { expiresAtMs: 'soon' },
    { items: ['YQ=='] },
    { items: [] },
    { items: ['not base64!', 'Yg=='] },
  ])
    assert.throws(() => readPart(JSON.stringify({ ...good, ...wrong })), JSON.stringify(wrong));
  assert.throws(() => readPart('['));
});
