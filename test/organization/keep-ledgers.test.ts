import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keepLedgers } from '../../src/organization/keep-ledgers.ts';
import type { LedgerStore } from '../../src/organization/ledger-store.ts';
import { openSqliteLedgers } from '../../src/organization/sqlite-ledgers.ts';
import { keepOptions, request, sightings, today } from './ledgers-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-organization-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Ledgers whose store is as given, with what happened to them. */
function watched(store: LedgerStore) {
  const seen = { answered: 0, failed: 0, lost: 0 };
  const ledgers = keepLedgers(store, {
    ...keepOptions(),
    events: {
      onLookup: (outcome) => {
        seen[outcome]++;
      },
      onLost: (touches) => {
        seen.lost += touches;
      },
    },
  });
  return { ledgers, seen };
}

async function inMemory(): Promise<LedgerStore> {
  return openSqliteLedgers(':memory:', keepOptions().limits);
}

/** The same store, but for what is replaced. */
function but(store: LedgerStore, faults: Partial<LedgerStore>): LedgerStore {
  return {
    read: (keys) => store.read(keys),
    update: (...change) => store.update(...change),
    updateAll: (change) => store.updateAll(change),
    sizes: () => store.sizes(),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    ...faults,
  };
}

/** After a collection of garbage. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const refused = () => Promise.reject(new Error('refused'));

describe('a store that fails', () => {
  test('a look-up rejects and is counted; the next one is answered', async () => {
    const store = await inMemory();
    let isDown = true;
    const faulty = but(store, { read: (keys) => (isDown ? refused() : store.read(keys)) });
    const { ledgers, seen } = watched(faulty);
    await assert.rejects(ledgers.look(request(today)), /refused/);
    isDown = false;
    assert.equal((await ledgers.look(request(today))).days, 0);
    assert.deepEqual(seen, { answered: 1, failed: 1, lost: 0 });
    await ledgers[Symbol.asyncDispose]();
  });

  test('counts that cannot be stored are lost and counted, later ones are kept', async () => {
    const store = await inMemory();
    let isDown = true;
    const update: LedgerStore['update'] = (...change) =>
      isDown ? refused() : store.update(...change);
    const { ledgers, seen } = watched(but(store, { update }));
    ledgers.count(sightings(today, { domains: ['lost.example'] }));
    await ledgers.flush();
    isDown = false;
    ledgers.count(sightings(today, { domains: ['kept.example'] }));
    await ledgers.flush();
    assert.equal(seen.lost, 2, 'the domain, and the day');
    assert.equal((await ledgers.sizes()).domain, 1);
    await ledgers[Symbol.asyncDispose]();
  });

  test('a store that hangs costs bounded memory and no time', async () => {
    const hanging = Promise.withResolvers<undefined>();
    const store = await inMemory();
    const update = () => hanging.promise;
    const { ledgers, seen } = watched(but(store, { update }));
    const heldBefore = usedBytes();
    for (let index = 0; index < 50_000; index++)
      ledgers.count(sightings(today, { domains: [`${index}.example`] }));
    const heldBytes = usedBytes() - heldBefore;
    assert.ok(seen.lost > 35_000, `${seen.lost} lost`);
    assert.ok(heldBytes < 8 * 2 ** 20, `${heldBytes} bytes`);
    hanging.resolve(undefined);
    await ledgers[Symbol.asyncDispose]();
  });
});

test('what is counted is stored by itself within about a second', async () => {
  const store = await inMemory();
  await using ledgers = keepLedgers(store, keepOptions());
  ledgers.count(sightings(today, { domains: ['soon.example'] }));
  assert.equal((await ledgers.sizes()).domain, 0);
  for (let attempt = 0; (await ledgers.sizes()).domain === 0; attempt++) {
    assert.ok(attempt < 100, 'stored');
    await delay(100);
  }
});

test('nobody can be read out of the file', async () => {
  const path = join(folder, 'private.db');
  const people = ['ann.smith@freemail.example', 'ben@freemail.example'];
  {
    const options = keepOptions();
    await using ledgers = keepLedgers(await openSqliteLedgers(path, options.limits), options);
    ledgers.count(
      sightings(today, {
        domains: ['shop.example'],
        correspondents: [people[0]!],
        written: [people[1]!],
        carried: { alias: 'vendor', values: [`reply-to ${people[0]!}`, 'contact +18025383069'] },
      }),
    );
  }
  const dump = readFileSync(path, 'latin1');
  assert.ok(dump.includes('shop.example'), 'the dump is readable');
  for (const text of ['ann', 'ben@', 'freemail', '8025383069'])
    assert.ok(!dump.includes(text), text);
});
