import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Objects } from '../../src/quarantine/objects.ts';
import { probeObjects } from '../../src/quarantine/probe-objects.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import { s3Objects } from '../../src/quarantine/s3-objects.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { reply } from '../../src/smtp/reply.ts';
import { id } from '../action/samples.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { freePort } from '../support/smtp-ports.ts';
import { requireS3Server, startS3Server, type Credentials } from '../support/s3-server.ts';
import { bucketPlace } from './bucket.ts';
import { heldMailPlace, holdAll, ids, keyFileIn, listed } from './held-mail.ts';
import { idOf, quarantineContract } from './quarantine-contract.ts';
import { content, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

const skip = requireS3Server();
const now = new Date('2026-03-06T07:08:09Z');

if (skip === false) await testBucket();
else test('held mail in a bucket', { skip });

async function testBucket(): Promise<void> {
  const server = await startS3Server();
  after(() => server[Symbol.asyncDispose]());
  const bucket = await server.createBucket();
  const place = (options?: Parameters<typeof bucketPlace>[2]) =>
    bucketPlace(server, bucket, options);

  quarantineContract('bucket', () => Promise.resolve(place()));

  test('a list of more than one page is read to its end', async () => {
    const { objects, write, open, names } = place();
    const idsThere = Array.from({ length: 1030 }, (_, n) => String(n).padStart(20, '0'));
    for (let from = 0; from < idsThere.length; from += 50)
      await Promise.all(
        idsThere.slice(from, from + 50).flatMap((nth) => [write(`${nth}.json`, '{}')]),
      );
    assert.equal((await names()).length, 1030);
    const entries = await Array.fromAsync((await open()).entries());
    assert.deepEqual(
      entries.map((entry) => entry.id),
      idsThere,
    );
    objects[Symbol.dispose]();
  });

  test('what stands elsewhere in the bucket is nobody’s entry', async () => {
    const { objects, write, open } = place();
    await write(`more/${id}.json`, '{}');
    assert.deepEqual(await Array.fromAsync((await open()).entries()), []);
    objects[Symbol.dispose]();
  });

  test('old leftovers of killed processes are swept, and only these', async () => {
    const { objects, write, through, names } = place();
    await through(objects).hold(heldMessage(), prefix, content);
    for (const name of [`${idOf('a')}.eml`, 'probe-0123456789abcdef', 'notes.txt'])
      await write(name, 'x');
    await through(objects).tidy();
    assert.equal((await names()).length, 5, 'too young');
    const tomorrow = () => Date.now() + 25 * 3_600_000;
    const quarantine = through(objects, {}, tomorrow);
    await quarantine.tidy();
    assert.deepEqual(await names(), [`${id}.eml`, `${id}.json`, 'notes.txt']);
    assert.ok(Number(quarantine.usage.bytes()) > 100);
  });

  test('objects tell nothing without the key', async () => {
    const { objects, open, names } = place();
    await (await open({ ring })).hold(heldMessage(), prefix, content);
    for (const name of await names()) {
      const bytes = (await objects.get(name, 1e6))?.toString('latin1') ?? '';
      assert.ok(bytes.startsWith('AWQ1'));
      for (const secret of ['hello', 'vendor', 'ann@']) assert.ok(!bytes.includes(secret));
    }
  });

  test('whoever has lost a claim unawares does not write over what another did', async () => {
    const { open } = place();
    const [one, other] = [await open(), await open()]; // no index: nobody keeps them apart
    await one.hold(heldMessage(), prefix, content);
    await one.exclusively(id, async () => {
      await other.delete(id, now);
      await assert.rejects(one.update(heldMessage({ reason: 'late' })), { problem: 'busy' });
    });
    assert.equal((await one.find(id))?.state, 'deleted');
    await one.exclusively(id, async () => {
      await one.update(heldMessage({ reason: 'first' }));
      await one.update(heldMessage({ reason: 'second' }));
    });
    assert.equal((await one.find(id))?.reason, 'second');
  });

  test('of many that hold one id at the same time there is one entry', async () => {
    const { open } = place();
    await Promise.all(
      Array.from({ length: 8 }, async () => (await open()).hold(heldMessage(), prefix, content)),
    );
    assert.deepEqual(await (await open()).find(id), heldMessage());
  });

  test('a probe does all that held mail needs, and leaves nothing', async () => {
    const { objects, names } = place();
    const { tookMs, isConditional } = await probeObjects(objects);
    assert.ok(tookMs > 0 && isConditional);
    assert.deepEqual(await names(), []);
  });

  test('a message that cannot be read to its end is refused', async () => {
    const { open, names } = place();
    for (const size of [10, 2 * 1024 * 1024]) {
      const broken = {
        ...memoryContent(Buffer.alloc(size)),
        stream: () => new Readable({ read: () => undefined }).destroy(new Error('spool lost')),
      };
      await assert.rejects((await open()).hold(heldMessage(), prefix, broken), {
        message: /spool lost/,
      });
    }
    assert.deepEqual(await names(), []);
  });

  /** Objects for whoever has these credentials, as the SDK finds them in the environment. */
  const as = async <Result>(
    { accessKeyId, secretAccessKey }: Credentials,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
    try {
      return await work();
    } finally {
      delete process.env['AWS_ACCESS_KEY_ID'];
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  };

  test('a bucket that is not there, or not ours, says so, and no secret', async () => {
    const { options } = place();
    const hold = (objects: Objects) =>
      place().through(objects).hold(heldMessage(), prefix, content);
    await assert.rejects(hold(s3Objects({ ...options, bucket: 'nobody-made-this' })), {
      name: 'QuarantineError',
      problem: 'failed',
      message: /cannot hold message .*: s3:\/\/nobody-made-this\/.*NoSuchBucket/,
    });
    const wrong = { accessKeyId: 'a'.repeat(20), secretAccessKey: 'x'.repeat(40) };
    await assert.rejects(
      as(wrong, () => hold(s3Objects(options))),
      (error: Error & { problem: string }) => {
        assert.equal(error.problem, 'denied');
        assert.ok(!inspect(error, { depth: 10 }).includes(wrong.secretAccessKey));
        return true;
      },
    );
  });

  test('the policy of the manual is enough, and gives no more than its prefix', async () => {
    const { options, objects } = place();
    const manual = await readFile(new URL('../../docs/operators.md', import.meta.url), 'utf8');
    const policy = /```json\n([^`]*s3:GetObject[^`]*)```/.exec(manual)?.[1] ?? '';
    const theirs = policy
      .replaceAll('mail-quarantine', bucket)
      .replaceAll('gateway/', options.prefix);
    const guest = server.createUser();
    await server.allow(bucket, guest, JSON.parse(theirs) as object);
    await as(guest, async () => {
      const quarantine = place().through(s3Objects(options));
      await quarantine.hold(heldMessage(), prefix, content);
      await quarantine.delete(id, now);
      await quarantine.tidy();
      assert.equal((await Array.fromAsync(quarantine.entries())).length, 1);
      await quarantine.purge(id);
      assert.deepEqual(await Array.fromAsync(objects.list()), []);
      const elsewhere = place();
      for (const refused of [
        () => elsewhere.through(s3Objects(elsewhere.options)).hold(heldMessage(), prefix, content),
        () => elsewhere.through(s3Objects(elsewhere.options)).list({}, { limit: 1 }),
      ])
        await assert.rejects(refused(), { problem: 'denied' });
    });
  });

  test('past the quota of the storage it is full, and nothing is left behind', async () => {
    const { open, names } = place();
    const large = memoryContent(Buffer.alloc(600_000, 'a'));
    const quarantine = await open();
    server.setQuota(200_000);
    try {
      await assert.rejects(quarantine.hold(heldMessage(), prefix, large), { problem: 'full' });
      assert.deepEqual(await names(), []);
    } finally {
      server.setQuota(0);
    }
    await quarantine.hold(heldMessage(), prefix, large);
  });

  for (const [how, problem, signal] of [
    ['gone', /ECONNREFUSED|ECONNRESET|socket hang up/, 'SIGKILL'],
    ['hung', /no answer in time/, 'SIGSTOP'],
  ] as const)
    test(`a server that is ${how} is told of in time, and used again once it is back`, async () => {
      const { open } = place({ timeoutMs: 1500 });
      const quarantine = await open();
      await quarantine.hold(heldMessage({ id: idOf('a') }), prefix, content);
      if (signal === 'SIGKILL') await server.kill();
      else server.signal(signal);
      const startedMs = performance.now();
      try {
        const unreachable = { name: 'QuarantineError', problem: 'unreachable', message: problem };
        await assert.rejects(quarantine.hold(heldMessage(), prefix, content), unreachable);
        await assert.rejects(quarantine.find(idOf('a')), unreachable);
        await assert.rejects(quarantine.list({}, { limit: 10 }), unreachable);
        await assert.rejects(quarantine.unreadable(), unreachable);
        assert.ok(performance.now() - startedMs < 9000);
      } finally {
        if (signal === 'SIGKILL') await server.restart();
        else server.signal('SIGCONT');
      }
      await quarantine.hold(heldMessage(), prefix, content);
      assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
      assert.equal((await quarantine.find(idOf('a')))?.state, 'held');
    });

  test('a server that says nothing sensible is no reason to wait', async () => {
    const port = await freePort();
    const babbling = createServer((socket) => socket.on('error', () => undefined).end('hello\r\n'));
    babbling.listen(port, '127.0.0.1');
    await once(babbling, 'listening');
    try {
      const objects = s3Objects({
        ...place({ timeoutMs: 2000 }).options,
        endpoint: `http://127.0.0.1:${port}`,
      });
      await assert.rejects(place().through(objects).hold(heldMessage(), prefix, content), {
        problem: 'unreachable',
      });
    } finally {
      babbling.close();
    }
  });

  test(
    'several proxies with one bucket and one Redis are one quarantine',
    { skip: requireInstalled('redis-server', 'redis-server') },
    async (t) => {
      await using redis = await startRedis();
      const held = await heldMailPlace(t);
      const { options } = place();
      const keyFile = await keyFileIn(held.folder);
      const node = () => held.open({ bucket: options, store: redis.url, keyFile });
      const [one, other] = [await node(), await node()];
      await Promise.all([holdAll(one), holdAll(other, ids.slice(0, 1))]);
      assert.deepEqual(await listed(one), ids.toReversed());
      assert.deepEqual(await listed(other), ids.toReversed());

      let sent = 0;
      const deliver = async () => {
        sent++;
        await delay(100);
        return reply(250, '2.0.0', 'ok');
      };
      const outcomes = await Promise.all(
        [one, other, one].map((who) => releaseHeld(who, ids[0] ?? '', { deliver, now })),
      );
      assert.equal(sent, 1, 'nobody has it twice');
      assert.deepEqual(outcomes.map(({ recipients }) => recipients[0]?.outcome).sort(), [
        'already-delivered',
        'already-delivered',
        'delivered',
      ]);
      assert.equal((await other.find(ids[0] ?? ''))?.state, 'released');

      await other.delete(ids[1] ?? '', now);
      const deletedIds = (await one.list({ state: 'deleted' }, { limit: 5 })).messages;
      assert.deepEqual(
        deletedIds.map((message) => message.id),
        [ids[1]],
      );
      assert.deepEqual(await one.reindex(), { entries: 3, changed: 0, gone: 0, unreadable: 0 });
      await redis.kill();
      assert.deepEqual(await listed(other), ids.toReversed(), 'from the objects');
      await assert.rejects(other.delete(ids[2] ?? '', now), { problem: 'failed' });
    },
  );
}
