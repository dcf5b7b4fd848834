import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGroupCommit } from '../src/group-commit.ts';

/** Stores by hand: each call waits until it is let go on. */
function underControl(most: number, capacity = 100) {
  const calls: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const commit = (items: readonly string[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    calls.push({ items, end: (error) => (error ? reject(error) : resolve(undefined)) });
    return promise;
  };
  const group = createGroupCommit({ commit, most, capacity, waits: 'wait for the store' });
  return { calls, group, stored: () => calls.map(({ items }) => items.join()) };
}

const turn = () => new Promise(setImmediate);

test('the first goes at once, what comes meanwhile goes together', async () => {
  const { calls, group, stored } = underControl(10);
  const first = group.add('a');
  await turn();
  const added = [first, group.add('b'), group.add('c')];
  await turn();
  assert.deepEqual(stored(), ['a']);
  calls[0]?.end();
  await first;
  await turn();
  assert.deepEqual(stored(), ['a', 'b,c']);
  calls[1]?.end();
  await Promise.all(added);
});

test('what comes in one turn goes together, at most so many', async () => {
  const { calls, group, stored } = underControl(2);
  const added = ['a', 'b', 'c'].map((item) => group.add(item));
  for (const index of [0, 1]) {
    await turn();
    calls[index]?.end();
  }
  await Promise.all(added);
  assert.deepEqual(stored(), ['a,b', 'c']);
});

test('what fails fails for all that went with it, and the next ones go on', async () => {
  const { calls, group } = underControl(10);
  const together = [group.add('b'), group.add('c')];
  await turn();
  calls[0]?.end(new Error('down'));
  for (const one of together) await assert.rejects(one, /down/);
  const later = group.add('d');
  await turn();
  calls[1]?.end();
  await later;
});

test('beyond what may wait it says so at once', async () => {
  const { calls, group } = underControl(1, 2);
  const added = [group.add('a'), group.add('b')];
  await assert.rejects(group.add('c'), /2 wait for the store already/);
  for (const index of [0, 1]) {
    await turn();
    calls[index]?.end();
  }
  await Promise.all(added);
});
