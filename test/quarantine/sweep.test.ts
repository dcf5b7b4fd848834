import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { releaseHeld } from '../../src/quarantine/release.ts';
import { sweep, type Expiry, type SweepOptions } from '../../src/quarantine/sweep.ts';
import { reply, type Reply } from '../../src/smtp/reply.ts';
import { heldMailPlace, holdAll, ids, type Place } from './held-mail.ts';
import { content, heldMessage, prefix } from './samples.ts';

const dayMs = 86_400_000;
const heldAt = Date.parse('2026-03-05T06:00:00.000Z');
const [id = '', other = '', third = ''] = ids;
const accepted = reply(250, '2.0.0', 'ok');
const refused = reply(550, '5.1.1', 'no such user');

/** A quarantine with one message, swept as if so many days had passed. */
async function startSweeping(t: TestContext, expiry: Expiry = 'release-tagged') {
  const place: Place = await heldMailPlace(t);
  const quarantine = await place.open();
  const sent: string[] = [];
  const told: string[] = [];
  let answer: Reply = accepted;
  const optionsOn = (day: number): SweepOptions => {
    const now = () => new Date(heldAt + day * dayMs);
    return {
      quarantine,
      expiry: () => expiry,
      releaseExpired: async (expired) => {
        const deliver = () => {
          sent.push(expired);
          return Promise.resolve(answer);
        };
        const { allDelivered } = await releaseHeld(quarantine, expired, { deliver, now: now() });
        if (!allDelivered) throw new Error('refused');
        return 'released';
      },
      deleteExpired: async (expired) => {
        await quarantine.delete(expired, now());
      },
      onExpiring: (expiring) => {
        told.push(...expiring);
        return Promise.resolve();
      },
      noticeDays: 3,
      binDays: 7,
      now,
    };
  };
  return {
    place,
    quarantine,
    sent,
    told,
    optionsOn,
    answerWith: (next: Reply) => (answer = next),
    on: (day: number) => sweep(optionsOn(day)),
    state: async (which = id) => (await quarantine.find(which))?.state,
  };
}

test('a message is told of three days before, released tagged after thirty, and purged a week later', async (t) => {
  const { quarantine, on, told, sent, state } = await startSweeping(t);
  await holdAll(quarantine, [id]);
  await on(26.9);
  assert.deepEqual([told, sent, await state()], [[], [], 'held']);
  assert.equal((await on(27.1))?.noticed, 1);
  await on(28);
  assert.deepEqual([told, sent, await state()], [[id], [], 'held']);
  assert.equal((await on(30.1))?.released, 1);
  assert.deepEqual([told, sent, await state()], [[id], [id], 'released']);
  await on(37);
  assert.equal(await state(), 'released');
  assert.equal((await on(37.2))?.purged, 1);
  assert.equal(await state(), undefined);
  assert.deepEqual(await on(99), {
    noticed: 0,
    released: 0,
    binned: 0,
    deleted: 0,
    purged: 0,
    failed: 0,
    failure: null,
  });
  assert.deepEqual(sent, [id]);
});

test('what a sweep has purged can be read in no file of the index, and one in use is told of', async (t) => {
  const { place, quarantine, on, optionsOn } = await startSweeping(t);
  await holdAll(quarantine, [id]);
  await on(31);
  await on(46);
  for (const part of ['', '-wal']) {
    const bytes = await readFile(`${place.indexFile}${part}`, 'latin1');
    assert.ok(!bytes.includes(id) && !bytes.includes('ann@'), `${place.indexFile}${part}`);
  }
  const inUse = { ...quarantine, scrub: () => Promise.reject(new Error('in use')) };
  const swept = await sweep({ ...optionsOn(47), quarantine: inUse });
  assert.deepEqual([swept?.failed, String(swept?.failure)], [0, 'Error: in use']);
});

test('where the policy deletes, nothing goes that was not told of three days before', async (t) => {
  const { quarantine, on, told, sent, state } = await startSweeping(t, 'delete');
  await holdAll(quarantine, [id]);
  await on(40); // the gateway was off for long
  assert.deepEqual([told, await state()], [[id], 'held']);
  await on(42.9);
  assert.equal(await state(), 'held');
  assert.equal((await on(43.1))?.deleted, 1);
  assert.deepEqual([sent, await state()], [[], 'deleted']);
  await quarantine.restore(id, new Date(heldAt + 44 * dayMs));
  await on(45);
  assert.equal(await state(), 'held', 'who takes it back has time');
});

test('what the next hop refuses stays, is tried a day later, and keeps no others waiting', async (t) => {
  const { quarantine, on, answerWith, sent, state } = await startSweeping(t);
  await holdAll(quarantine, [id]);
  answerWith(refused);
  const failed = await on(31);
  assert.deepEqual([failed?.failed, String(failed?.failure)], [1, 'Error: refused']);
  assert.deepEqual((await quarantine.find(id))?.deliveries[0]?.reply, '550 5.1.1 no such user');
  answerWith(accepted);
  await on(31.5);
  assert.deepEqual([sent.length, await state()], [1, 'held']);
  await on(32.1);
  assert.deepEqual([sent.length, await state()], [2, 'released']);
});

test('a notice that fails is given again, and its messages are not taken for told', async (t) => {
  const { quarantine, optionsOn } = await startSweeping(t);
  await holdAll(quarantine, [id, other]);
  const onExpiring = () => Promise.reject(new Error('no mail server'));
  const failed = await sweep({ ...optionsOn(28), onExpiring });
  assert.deepEqual([failed?.noticed, failed?.failed], [0, 2]);
  assert.equal((await sweep(optionsOn(28)))?.noticed, 2);
});

test('hundreds that are due are all dealt with in one sweep', async (t) => {
  const { quarantine, on, told } = await startSweeping(t);
  const many = Array.from({ length: 250 }, (_, number) => String(number).padStart(20, '0'));
  for (const one of many)
    await quarantine.hold(
      heldMessage({ id: one, heldAt: new Date(heldAt).toISOString() }),
      prefix,
      content,
    );
  assert.equal((await on(28))?.noticed, 250);
  assert.deepEqual(told.toSorted(), many);
  assert.equal((await on(31))?.released, 250);
});

test('two nodes that sweep a shared directory at the same time send and tell once', async (t) => {
  const { place, quarantine, optionsOn, sent, told } = await startSweeping(t);
  await holdAll(quarantine, [id, other, third]);
  const node = await place.open();
  await Promise.all([sweep(optionsOn(31)), sweep({ ...optionsOn(31), quarantine: node })]);
  assert.deepEqual(
    [sent.toSorted(), told.toSorted()],
    [
      [id, other, third],
      [id, other, third],
    ],
  );
});

test('a sweep that died at any point is repeated without sending twice', async (t) => {
  const { quarantine, optionsOn, sent, state } = await startSweeping(t);
  await holdAll(quarantine, [id, other]);
  const dying = optionsOn(31);
  await sweep({
    ...dying,
    releaseExpired: async (expired) => {
      await dying.releaseExpired(expired);
      throw new Error('killed');
    },
  });
  await sweep(optionsOn(31));
  assert.deepEqual([sent.length, await state(), await state(other)], [2, 'released', 'released']);
});

test('a sweep that is stopped leaves the messages after the one at hand', async (t) => {
  const { quarantine, sent, optionsOn } = await startSweeping(t);
  await holdAll(quarantine);
  const stop = new AbortController();
  const options = optionsOn(31);
  const releaseExpired = (expired: string) => {
    stop.abort();
    return options.releaseExpired(expired);
  };
  const swept = await sweep({ ...options, releaseExpired, signal: stop.signal });
  assert.deepEqual([swept?.released, sent.length], [1, 1]);
});
