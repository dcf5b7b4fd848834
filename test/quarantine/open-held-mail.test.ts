import assert from 'node:assert/strict';
import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { reply } from '../../src/smtp/reply.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { heldMailPlace, holdAll, ids, keyFileIn, listed } from './held-mail.ts';
import { content, heldMessage, prefix } from './samples.ts';

const newestFirst = ids.toReversed();
const now = new Date(Date.parse('2026-03-06T07:08:09Z'));

test('what is held is found at once, and what is done to it as well, by another process too', async (t) => {
  const place = await heldMailPlace(t);
  const [one, other] = [await place.open(), await place.open()];
  await holdAll(one);
  assert.deepEqual(await listed(one), newestFirst);
  await one.delete(ids[1] ?? '', now);
  for (const [state, some] of [
    ['held', [ids[2], ids[0]]],
    ['deleted', [ids[1]]],
  ] as const) {
    const { messages, total } = await other.list({ state }, { limit: 10 });
    assert.deepEqual([messages.map(({ id }) => id), total], [some, some.length]);
  }
  await other.purge(ids[1] ?? '');
  assert.deepEqual(await listed(one), [ids[2], ids[0]]);
  assert.deepEqual((await one.totals()).messages, { held: 2, released: 0, deleted: 0 });
  assert.deepEqual(place.failures, []);
});

test('an index that is gone, or damaged, is made again from the files', async (t) => {
  const place = await heldMailPlace(t);
  await holdAll(await place.open());
  await (await place.open())[Symbol.asyncDispose]();

  for (const name of await readdir(place.folder))
    if (name.startsWith('baselines.db-quarantine')) await rm(join(place.folder, name));
  assert.deepEqual(await listed(await place.open()), newestFirst);

  await writeFile(place.indexFile, 'not a database at all '.repeat(1000));
  for (const part of ['-wal', '-shm']) await rm(`${place.indexFile}${part}`, { force: true });
  const quarantine = await place.open();
  assert.deepEqual(await listed(quarantine), newestFirst, 'read from the files meanwhile');
  assert.deepEqual(await listed(quarantine), newestFirst);
  assert.equal((await quarantine.reindex()).changed, 0);
  assert.equal((await readFile(place.indexFile)).subarray(0, 6).toString(), 'SQLite');
});

test('what a process that died did not tell the index is found when files and index are compared', async (t) => {
  const place = await heldMailPlace(t);
  const quarantine = await place.open();
  await holdAll(quarantine);
  const files = await openQuarantine(place.directory);
  const later = 'd'.repeat(20);
  await files.hold(heldMessage({ id: later, heldAt: '2026-03-06T00:00:00.000Z' }), prefix, content);
  await files.delete(ids[0] ?? '', now);
  await files.delete(ids[1] ?? '', now);
  await files.purge(ids[1] ?? '');
  assert.deepEqual(await quarantine.reindex(), { entries: 3, changed: 2, gone: 1, unreadable: 0 });
  assert.deepEqual(await listed(quarantine), [later, ids[2], ids[0]]);
  assert.equal((await quarantine.list({}, { limit: 10 })).total, 2);
});

test('damaged entries are told of, and no others', async (t) => {
  const place = await heldMailPlace(t);
  const quarantine = await place.open();
  await holdAll(quarantine);
  await listed(quarantine);
  await truncate(join(place.directory, `${ids[0]}.json`), 3);
  await rm(join(place.directory, `${ids[1]}.eml`));
  const found = await quarantine.unreadable();
  assert.deepEqual(found.map(({ id }) => id).sort(), [ids[0], ids[1]]);
});

test('under a key the index tells nothing, and is searched all the same', async (t) => {
  const place = await heldMailPlace(t);
  const keyFile = await keyFileIn(place.folder);
  const quarantine = await place.open({ keyFile });
  await holdAll(quarantine);
  for (const filter of [
    { text: 'HELLO' },
    { text: 'phone subject' },
    { recipient: 'Ann@example.test' },
    { recipientDomain: 'example.test' },
  ])
    assert.equal((await quarantine.list(filter, { limit: 1 })).total, 3, JSON.stringify(filter));
  assert.equal((await quarantine.list({ text: 'hello absent' }, { limit: 1 })).total, 0);
  for (const part of ['', '-wal']) {
    const bytes = (await readFile(`${place.indexFile}${part}`)).toString('latin1');
    for (const secret of ['hello', 'ann@', 'example.test', 'vendor.test', 'phone'])
      assert.ok(!bytes.includes(secret), `${secret} in ${place.indexFile}${part}`);
  }
});

test('past the quota nothing more is held, until there is room', async (t) => {
  const place = await heldMailPlace(t);
  const quarantine = await place.open({ maxBytes: 20_000 });
  await quarantine.tidy();
  const bytes = (letter: string) => memoryContent(Buffer.alloc(9000, letter));
  const hold = (id = '') =>
    quarantine.hold(heldMessage({ id, sizeBytes: 9000 }), prefix, bytes(id));
  await hold(ids[0]);
  await assert.rejects(
    hold(ids[1]).then(() => hold(ids[2])),
    {
      problem: 'full',
      message: /takes \d+ bytes of the 20000 that it may/,
    },
  );
  assert.deepEqual(await quarantine.unreadable(), []);
  for (const id of await listed(quarantine)) {
    await quarantine.delete(id, now);
    await quarantine.purge(id);
  }
  await hold(ids[2]);
});

test('of two that release at the same time each recipient hears from one', async (t) => {
  const place = await heldMailPlace(t);
  const [one, other] = [await place.open(), await place.open()];
  await holdAll(one, ids.slice(0, 1));
  let sent = 0;
  const deliver = async () => {
    sent++;
    await delay(100);
    return reply(250, '2.0.0', 'ok');
  };
  const outcomes = await Promise.all(
    [one, other, one].map((node) => releaseHeld(node, ids[0] ?? '', { deliver, now })),
  );
  assert.equal(sent, 1);
  assert.deepEqual(outcomes.map(({ recipients }) => recipients[0]?.outcome).sort(), [
    'already-delivered',
    'already-delivered',
    'delivered',
  ]);
});

const skip = requireInstalled('redis-server', 'redis-server');

test(
  'nodes that share a Redis show each other’s mail, and send people where it is',
  { skip },
  async (t) => {
    await using redis = await startRedis();
    const place = await heldMailPlace(t);
    const here = await place.open({ store: redis.url });
    const there = await place.open({ store: redis.url, directory: `${place.directory}-other` });
    await holdAll(here, ids.slice(0, 1));
    await there.hold(
      heldMessage({ id: ids[2] ?? '', heldAt: '2026-03-07T00:00:00.000Z' }),
      prefix,
      content,
    );
    await listed(there);
    assert.deepEqual(await listed(here), [ids[2], ids[0]]);
    await assert.rejects(here.find(ids[2] ?? ''), {
      problem: 'elsewhere',
      message: new RegExp(`quarantine of another node \\(${there.directoryId}\\)`),
    });
    assert.equal((await there.find(ids[2] ?? ''))?.state, 'held');

    const sharing = await place.open({ store: redis.url });
    assert.equal(sharing.directoryId, here.directoryId);
    assert.equal((await sharing.delete(ids[0] ?? '', now)).state, 'deleted');
    assert.equal((await here.find(ids[0] ?? ''))?.state, 'deleted');
  },
);

test('mail is held while the index is away, and found once it is back', { skip }, async (t) => {
  await using redis = await startRedis();
  const place = await heldMailPlace(t);
  const quarantine = await place.open({ store: redis.url });
  await holdAll(quarantine, ids.slice(0, 1));
  assert.deepEqual(await listed(quarantine), ids.slice(0, 1));

  redis.signal('SIGSTOP');
  const startedMs = performance.now();
  await holdAll(quarantine);
  assert.ok(performance.now() - startedMs < 1500, 'mail does not wait for it');
  await redis.kill();
  assert.deepEqual(await listed(quarantine), newestFirst, 'from the files');
  assert.ok(place.failures.length > 0);
  await assert.rejects(quarantine.delete(ids[0] ?? '', now), {
    problem: 'failed',
    message: /nothing was done to a+: Quarantine index/,
  });
  assert.equal((await quarantine.find(ids[0] ?? ''))?.state, 'held');

  await redis.restart(); // empty
  const untilMs = performance.now() + 20_000;
  let total = 0;
  while (total < 3 && performance.now() < untilMs) {
    await delay(200);
    total = await quarantine.totals().then(
      ({ messages }) => messages.held,
      () => 0,
    );
    if (total < 3) await listed(quarantine);
  }
  assert.equal(total, 3);
  assert.deepEqual(await listed(quarantine), newestFirst);
});
