import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keepCalendar } from '../../src/organization/kept-calendar.ts';
import type { LedgerKey, LedgerStore } from '../../src/organization/ledger-store.ts';
import { openSqliteLedgers } from '../../src/organization/sqlite-ledgers.ts';
import { calendarKey } from '../../src/organization/stored-names.ts';
import { keepOptions } from './ledgers-contract.ts';

const domain = (name: string): LedgerKey => ({ ledger: 'domain', name });

/** A store with what it was asked for, and answers that can be held back. */
async function watched(keptMs: number) {
  const store = await openSqliteLedgers(':memory:', keepOptions().limits);
  const asked: (readonly string[])[] = [];
  const held: { until: Promise<unknown> } = { until: Promise.resolve() };
  const watching: LedgerStore = {
    read: async (keys) => {
      asked.push(keys.map(({ name }) => name));
      const records = await store.read(keys);
      await held.until;
      return records;
    },
    update: (...change) => store.update(...change),
    updateAll: (change) => store.updateAll(change),
    sizes: () => store.sizes(),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  return { store, asked, held, kept: keepCalendar(watching, keptMs) };
}

test('the calendar is asked for once; what else is asked for stands in its place', async () => {
  const { asked, kept } = await watched(60_000);
  await using store = kept;
  await store.update([calendarKey, domain('a'), domain('b')], ({ name }) => `1,1,${name}`, 1);
  assert.deepEqual(await store.read([calendarKey, domain('a')]), ['1,1,*', '1,1,a']);
  assert.deepEqual(await store.read([calendarKey]), ['1,1,*']);
  assert.deepEqual(await store.read([domain('a'), calendarKey, domain('b'), domain('c')]), [
    ...['1,1,a', '1,1,*', '1,1,b'],
    null,
  ]);
  assert.deepEqual(await store.read([domain('b')]), ['1,1,b']);
  assert.deepEqual(asked, [['*', 'a'], ['a', 'b', 'c'], ['b']]);
});

test('a change is heard of at once, one by another process after the time that it is kept', async () => {
  const { store: other, kept } = await watched(50);
  await using store = kept;
  await store.update([calendarKey], () => '1,1,mine', 1);
  assert.deepEqual(await store.read([calendarKey]), ['1,1,mine']);
  await store.update([calendarKey], () => '1,1,mine again', 1);
  assert.deepEqual(await store.read([calendarKey]), ['1,1,mine again']);
  await store.updateAll(() => '1,1,of all');
  assert.deepEqual(await store.read([calendarKey]), ['1,1,of all']);
  await other.update([calendarKey], () => '1,1,another', 1);
  await delay(60);
  assert.deepEqual(await store.read([calendarKey]), ['1,1,another']);
});

test('what was read before a change is not kept, however late it comes', async () => {
  const { asked, held, kept } = await watched(60_000);
  await using store = kept;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  held.until = promise;
  const before = store.read([calendarKey]);
  await store.update([calendarKey], () => '1,1,new', 1);
  resolve(undefined);
  assert.deepEqual(await before, [null]);
  assert.deepEqual(await store.read([calendarKey]), ['1,1,new']);
  assert.equal(asked.length, 2);
});

test('a store that fails is asked again, and what was kept before goes with a change that failed', async () => {
  const { asked, held, kept } = await watched(60_000);
  await using store = kept;
  held.until = Promise.reject(new Error('gone'));
  await assert.rejects(store.read([calendarKey]), /gone/);
  held.until = Promise.resolve();
  assert.deepEqual(await store.read([calendarKey]), [null]);
  const failing = () => {
    throw new Error('no');
  };
  await assert.rejects(store.update([calendarKey], failing, 1), /no/);
  assert.deepEqual(await store.read([calendarKey]), [null]);
  assert.equal(asked.length, 3);
});
