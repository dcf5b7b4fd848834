import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesk, operator, why } from './desk.ts';

test('a message that somebody else is at is refused, and the rest of its campaign released', async () => {
  await using desk = await openDesk('sqlite');
  const { review, hold, store, nextHop } = desk;
  const [busy, free] = [await hold(), await hold()];
  assert.equal(await store.claim(`message ${busy}`, 'somebody', 60_000), true);
  const { effects } = await review.release({ messages: [busy, free] }, operator, why);
  assert.deepEqual(
    effects.map(({ outcome }) => outcome),
    ['refused', 'done'],
  );
  assert.match(effects[0]?.detail ?? '', /somebody else is at .* try again/);
  assert.equal(nextHop.messages.length, 1);
});
