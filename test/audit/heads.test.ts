import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditHead, AuditHeads } from '../../src/audit/audit-heads.ts';
import { openHeads } from '../../src/audit/open-heads.ts';
import { publishHeads } from '../../src/audit/publish-heads.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { open, record, temporaryDirectory } from './samples.ts';

const options = { timeoutMs: 2000 };

function head(sequence: number, writer = 'mx-00112233-1'): AuditHead {
  const hash = String(sequence % 10).repeat(64);
  return { writer, sequence, hash, at: '2026-03-05T06:07:08.000Z' };
}

async function keepsTheFurthest(heads: AuditHeads): Promise<void> {
  assert.deepEqual(await heads.all(), []);
  assert.deepEqual(await heads.publish(head(5)), head(5));
  assert.deepEqual(await heads.publish(head(7)), head(7));
  assert.deepEqual(await heads.publish(head(6)), head(7));
  await heads.publish(head(1, 'mx-00112233-2'));
  const all = [...(await heads.all())].sort((a, b) => (a.writer < b.writer ? -1 : 1));
  assert.deepEqual(all, [head(7), head(1, 'mx-00112233-2')]);
}

test('SQLite keeps the furthest head of each writer, also for the next process', async (t) => {
  const store = `sqlite:${join(await temporaryDirectory(t), 'baselines.db')}`;
  {
    await using heads = await openHeads(store, options);
    await keepsTheFurthest(heads);
  }
  await using again = await openHeads(store, { ...options, readOnly: true });
  assert.equal((await again.all()).length, 2);
});

const skip = requireInstalled('redis-server', 'redis-server');

for (const [name, start] of [
  ['Redis', startRedis],
  ['Redis Cluster', startRedisCluster],
] as const) {
  test(`${name} does, in one key`, { skip }, async () => {
    await using server = await start();
    await using heads = await openHeads(server.url, options);
    await keepsTheFurthest(heads);
    await using again = await openHeads(server.url, options);
    assert.equal((await again.all()).length, 2);
  });
}

test('who only looks makes no file', async (t) => {
  const path = join(await temporaryDirectory(t), 'baselines.db');
  await using heads = await openHeads(`sqlite:${path}`, { ...options, readOnly: true });
  assert.deepEqual(await heads.all(), []);
  assert.ok(!existsSync(`${path}-audit`));
});

type Published = { readonly heads: AuditHead[]; readonly troubles: unknown[] };

async function publisher(
  directory: string,
  publish: AuditHeads['publish'],
): Promise<Published & { readonly again: () => Promise<void> }> {
  const published: Published = { heads: [], troubles: [] };
  await using audit = open(directory);
  await audit.append(record());
  const publishing = publishHeads({
    head: audit.head,
    heads: { publish },
    events: {
      auditHead: (given) => void published.heads.push(given),
      auditHeadNotPublished: (error) => void published.troubles.push(error),
    },
    now: () => new Date(),
    everyMs: 20,
  });
  await publishing.publish();
  await new Promise((resolve) => setTimeout(resolve, 120));
  await publishing[Symbol.asyncDispose]();
  return { ...published, again: publishing.publish };
}

test('a head is published once, and again only when the chain has grown', async (t) => {
  const { heads, troubles } = await publisher(await temporaryDirectory(t), (given) =>
    Promise.resolve(given),
  );
  assert.deepEqual(
    heads.map(({ sequence }) => sequence),
    [1],
  );
  assert.deepEqual(troubles, []);
});

test('a store that does not take it is told of, and asked again', async (t) => {
  const { heads, troubles } = await publisher(await temporaryDirectory(t), () =>
    Promise.reject(new Error('down')),
  );
  assert.ok(troubles.length > 1);
  assert.equal(heads.length, troubles.length);
});

test('a store that knows more of the chain than there is is told of', async (t) => {
  const { troubles } = await publisher(await temporaryDirectory(t), ({ writer }) =>
    Promise.resolve(head(9, writer)),
  );
  assert.match(String(troubles[0]), /line 9 of mx-example-\w+-1 was published and is not in it/);
});
