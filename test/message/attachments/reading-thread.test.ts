import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createReadingThread,
  defaultReadingThreadOptions,
} from '../../../src/message/attachments/reading-thread.ts';

const options = {
  ...defaultReadingThreadOptions,
  partLimitMs: 500,
  worker: new URL('./hanging-worker.ts', import.meta.url),
};
const patient = AbortSignal.timeout(60_000);

/** What the worker does with a part (see hanging-worker.ts). */
const order = { answer: 0, hang: 1, throw: 2, hoard: 3, refuse: 4 } as const;
const part = (what: keyof typeof order) =>
  ({ kind: 'pdf', content: Uint8Array.of(order[what]) }) as const;

for (const [what, outcome] of [
  ['hang', 'timeout'],
  ['throw', 'crash'],
] as const) {
  test(`a part that makes the thread ${what} costs itself only`, async () => {
    await using thread = createReadingThread(options);
    const [bad, next] = await Promise.all([
      thread.read(part(what), patient),
      thread.read(part('answer'), patient),
    ]);
    assert.equal(bad.outcome, outcome);
    assert.ok(bad.error instanceof Error);
    assert.deepEqual(bad.texts, [{ kind: 'pdf', blocks: [`order ${order[what]}`], links: [] }]);
    assert.equal(next.outcome, 'read');
  });
}

test('a part that fills the heap is a crash, and the process lives', async () => {
  await using thread = createReadingThread({ ...options, partLimitMs: 60_000, heapMegabytes: 20 });
  const { outcome, error } = await thread.read(part('hoard'), patient);
  assert.equal(outcome, 'crash');
  assert.match(String(error), /memory limit/);
  assert.equal((await thread.read(part('answer'), patient)).outcome, 'read');
});

test('whoever waits no longer has what was found by then', async () => {
  await using thread = createReadingThread({ ...options, partLimitMs: 60_000 });
  await thread.warm();
  const patience = new AbortController();
  const readings = ['hang', 'answer'] as const;
  const answers = readings.map((what) => thread.read(part(what), patience.signal));
  setTimeout(() => patience.abort(), 300);
  const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ['timeout', 'busy']);
});

test('the queue is bounded', async () => {
  await using thread = createReadingThread({ ...options, maxWaiting: 3 });
  const answers = Array.from({ length: 10 }, () => thread.read(part('answer'), patient));
  const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, [...Array<string>(3).fill('read'), ...Array<string>(7).fill('busy')]);
});

test('damaged is not the same as nothing found', async () => {
  await using thread = createReadingThread(options);
  assert.equal((await thread.read(part('refuse'), patient)).outcome, 'unreadable');
});

test('a thread that cannot start is a crash for those who wait, not for ever', async () => {
  const worker = new URL('./no-such-worker.ts', import.meta.url);
  await using thread = createReadingThread({ ...options, worker });
  await thread.warm();
  const answers = [thread.read(part('answer'), patient), thread.read(part('answer'), patient)];
  for (const { outcome } of await Promise.all(answers)) assert.equal(outcome, 'crash');
});

test('disposing ends the thread in the middle of a part', async () => {
  const thread = createReadingThread({ ...options, partLimitMs: 60_000 });
  await thread.warm();
  const answer = thread.read(part('hang'), patient);
  await thread[Symbol.asyncDispose]();
  assert.equal((await answer).outcome, 'busy');
  assert.equal((await thread.read(part('answer'), patient)).outcome, 'busy');
});
