import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMessages } from '../../src/review/find-messages.ts';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import type { MessageFilter } from '../../src/review/review.ts';
import { noted, recordOf } from '../../src/review/watched-message.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import { alias, now, otherAlias, pseudonym, watched } from './desk.ts';

const hourMs = 3_600_000;

test('what lies beyond a great many others is found by paging, and times bound what is looked at', async () => {
  await using store = await openReviewStore('sqlite::memory:', { timeoutMs: 1000 });
  const at = (hours: number) => new Date(now.getTime() - hours * hourMs);
  const seen = (of: string, hours: number) => {
    const time = at(hours);
    const message = { id: newTransactionId(time), at: time.toISOString(), alias: of };
    return recordOf(noted(watched({ ...message, recipients: [] })), pseudonym);
  };
  await store.put(
    'message',
    Array.from({ length: 20_100 }, () => seen(alias, 1)),
  );
  const old = seen(otherAlias, 2);
  await store.put('message', [old, seen(otherAlias, 30)]);
  const reads: number[] = [];
  const counting = {
    read: store.read.bind(store),
    newest: async (...given: Parameters<typeof store.newest>) => {
      const found = await store.newest(...given);
      reads.push(found.length);
      return found;
    },
  };
  const quarantine = { find: () => Promise.resolve(null) };
  const deps = { store: { ...store, ...counting }, quarantine, pseudonym };
  const find = (filter: MessageFilter, after: string | null) =>
    findMessages(deps as unknown as Parameters<typeof findMessages>[0], filter, {
      limit: 500,
      ...(after === null ? {} : { after }),
    });
  const filter = { messageId: '1@vendor.test', alias: otherAlias, since: at(10).toISOString() };
  const first = await find(filter, null);
  assert.deepEqual(first.messages, []);
  assert.notEqual(first.next, null, 'it says that there may be more');
  const second = await find(filter, first.next);
  assert.deepEqual([second.messages.map(({ id }) => id), second.next], [[old.id], null]);
  reads.length = 0;
  const bounded = await find({ ...filter, until: at(1.5).toISOString() }, null);
  assert.deepEqual(
    bounded.messages.map(({ id }) => id),
    [old.id],
  );
  assert.deepEqual(reads, [2], 'what is too new is not read');
});
