import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '../../src/baseline/group-commit.ts';

/** Stores by hand: each call waits until it is let go on. */
function underControl(most: number) {
  const calls: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const group = new GroupCommit<string>(most, (items) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    calls.push({ items, end: (error) => (error ? reject(error) : resolve(undefined)) });
    return promise;
  });
  return { calls, group, stored: () => calls.map(({ items }) => items.join()) };
}

test('the first goes at once, what comes meanwhile goes together', async () => {
  const { calls, group, stored } = underControl(10);
  const added = ['a', 'b', 'c'].map((item) => group.add('alias', item));
  assert.deepEqual(stored(), ['a']);
  calls[0]?.end();
  await added[0];
  assert.deepEqual(stored(), ['a', 'b,c']);
  calls[1]?.end();
  await Promise.all(added);
});

test('other names do not wait, and at most so many go together', async () => {
  const { calls, group, stored } = underControl(2);
  const added = ['a', 'b', 'c', 'd'].map((item) => group.add('alias', item));
  added.push(group.add('other', 'x'));
  assert.deepEqual(stored(), ['a', 'x']);
  for (const index of [0, 1, 2, 3]) {
    calls[index]?.end();
    await new Promise(setImmediate);
  }
  await Promise.all(added);
  assert.deepEqual(stored(), ['a', 'x', 'b,c', 'd']);
});

test('what fails fails for all that went with it, and the next ones go on', async () => {
  const { calls, group } = underControl(10);
  const first = group.add('alias', 'a');
  const together = [group.add('alias', 'b'), group.add('alias', 'c')];
  calls[0]?.end(new Error('down'));
  await assert.rejects(first, /down/);
  calls[1]?.end(new Error('still down'));
  for (const one of together) await assert.rejects(one, /still down/);
  const later = group.add('alias', 'd');
  calls[2]?.end();
  await later;
});
