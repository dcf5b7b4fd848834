import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits, type StoreLimits } from '../../src/baseline/store.ts';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { openRedisReviewStore } from '../../src/review/redis-review-store.ts';
import { order, status } from '../live/samples.ts';
import { reviewStoreContract } from '../review/review-store-contract.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { freePort } from '../support/smtp-ports.ts';
import { lesson, newAlias, request, storeContract, timeOn, today } from './store-contract.ts';

const skip =
  requireInstalled('redis-server', 'redis-server') || requireInstalled('openssl', 'openssl');
const timeoutMs = 5000;

/** The rules of the user as docs/deploy.md gives them, to copy. */
const rules = await documentedRules();
const commands = rules.flatMap((rule) => (rule.startsWith('+') ? [rule.slice(1)] : []));

const owned = new AsyncDisposableStack();
let server: RedisServer;
let admin: Redis;
let url = '';
before(async () => {
  if (skip !== false) return;
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-redis-tls-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const { certFile, keyFile } = await makeCertificate(folder, 'redis.test');
  const usual = getCACertificates('default');
  setDefaultCACertificates([...usual, await readFile(certFile, 'utf8')]);
  const tlsPort = await freePort();
  server = owned.use(
    await startRedis(
      ...['--tls-port', `${tlsPort}`, '--tls-cert-file', certFile, '--tls-key-file', keyFile],
      ...['--tls-ca-cert-file', certFile, '--tls-auth-clients', 'no'],
    ),
  );
  admin = owned.adopt(new Redis(server.url), (client) => client.disconnect());
  await admin.call('ACL', 'SETUSER', 'aliaswatch', 'on', '>s3cret', ...rules);
  url = `rediss://aliaswatch:s3cret@127.0.0.1:${tlsPort}`;
});
after(() => owned.disposeAsync());

async function documentedRules(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const [, rest = ''] = /^ACL SETUSER aliaswatch on >PASSWORD ([^`]+)/m.exec(text) ?? [];
  return rest.trim().split(/[\s\\]+/);
}

storeContract({
  name: 'Redis over TLS, as the documented user',
  skip,
  isShared: true,
  open: (limits: StoreLimits) => openRedisStore(url, limits, { timeoutMs }),
});
reviewStoreContract({
  name: 'Redis over TLS, as the documented user',
  skip,
  isShared: true,
  open: () => openRedisReviewStore(url, { timeoutMs }),
});

test('what processes say of themselves needs no more', { skip }, async () => {
  await using live = await openLiveStore(url, { timeoutMs });
  await live.say('a', status, 60_000);
  await live.propose(order);
  await live.give([order]);
  assert.equal((await live.orders()).length, 1);
  await live.forget([order.ruleset ?? 'hand']);
  await live.leave('a');
});

test('nothing was denied', { skip }, async () => {
  assert.deepEqual(await admin.call('ACL', 'LOG'), []);
});

test('a command that is taken away is named, also one inside a script', { skip }, async () => {
  const observe = async () => {
    await using store = await openRedisStore(url, defaultStoreLimits, { timeoutMs });
    await store.observe(request(newAlias(), timeOn(today)));
  };
  const commit = async () => {
    await using store = await openRedisStore(url, defaultStoreLimits, { timeoutMs });
    await store.commit(lesson(newAlias(), today));
  };
  for (const [command, work] of [
    ['hmget', observe],
    ['eval', observe],
    ['hincrby', observe],
    ['hset', commit],
  ] as const) {
    await admin.call('ACL', 'SETUSER', 'aliaswatch', `-${command}`);
    await assert.rejects(work(), (error: Error) => {
      assert.match(error.message, new RegExp(`NOPERM .*'${command}'`, 'i'));
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
    await admin.call('ACL', 'SETUSER', 'aliaswatch', `+${command}`);
  }
  await observe();
});

test('every command is one of Redis 7.0, before Valkey parted from 7.2', { skip }, async () => {
  for (const command of commands) {
    const [name = ''] = command.split('|');
    const docs = (await admin.call('COMMAND', 'DOCS', name)) as readonly unknown[];
    const facts = docs[1] as readonly unknown[];
    const since = String(facts[facts.indexOf('since') + 1]);
    assert.ok(since.localeCompare('7.0.99', 'en', { numeric: true }) < 0, `${name}: ${since}`);
  }
});

test('the list is what the code sends, and no more', async () => {
  const inScript = /redis\.call\('(\w+)'/g;
  const byClient = /\b(?:commands|node)\s*\.\s*([a-z]+)(?:Buffer)?\(/g;
  const sent = new Set<string>();
  for (const text of await sources())
    for (const [, name = ''] of [...text.matchAll(inScript), ...text.matchAll(byClient)])
      sent.add(name.toLowerCase());
  for (const own of ['on', 'once', 'disconnect', 'nodes']) sent.delete(own);
  // What ioredis makes of a defined command, of a new connection, and of a Cluster.
  for (const hidden of ['evalsha', 'info', 'select', 'asking', 'readonly', 'readwrite'])
    sent.add(hidden);
  for (const hidden of ['cluster|slots', 'cluster|info']) sent.add(hidden);
  assert.deepEqual([...commands].sort(), [...sent].sort());
});

/** What speaks to a Redis. */
async function sources(): Promise<readonly string[]> {
  const root = new URL('../../src/', import.meta.url);
  const names = await readdir(root, { recursive: true });
  return Promise.all(
    names
      .filter((name) => /(?:^|\/)redis-[^/]*\.(?:ts|lua)$/.test(name))
      .map((name) => readFile(new URL(name, root), 'utf8')),
  );
}
