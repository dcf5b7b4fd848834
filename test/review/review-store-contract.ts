import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReviewStore, StoredRecord } from '../../src/review/review-store.ts';

export type ReviewStoreUnderTest = {
  readonly name: string;
  readonly skip: string | false;
  /** A store, or another client of the same one. */
  readonly open: () => Promise<ReviewStore>;
  /** Whether two of them see the same. */
  readonly isShared: boolean;
};

const now = Date.now();

function record(id: string, rest: Partial<StoredRecord> = {}): StoredRecord {
  return { id, atMs: now, untilMs: null, tags: [], text: `"${id}"`, ...rest };
}

const ids = (records: readonly StoredRecord[]) => records.map(({ id }) => id);

type Case = readonly [
  name: string,
  check: (store: ReviewStore, unique: string, again: () => Promise<ReviewStore>) => Promise<void>,
];

const cases: readonly Case[] = [
  [
    'what was put is read, and what was not is null',
    async (store, unique) => {
      const full = record(unique, { tags: ['a', 'b'], untilMs: now + 3_600_000, text: '{"ü":1}' });
      await store.put('message', [full]);
      assert.deepEqual(await store.read('message', [unique, `${unique}x`]), [full, null]);
      assert.deepEqual(await store.read('act', [unique]), [null], 'a kind is a world of its own');
    },
  ],
  [
    'newest first, by pages, also where many are of one moment',
    async (store, unique) => {
      const tag = `t-${unique}`;
      const all = Array.from({ length: 23 }, (_, index) =>
        record(`${unique}-${String(index).padStart(2, '0')}`, {
          atMs: now + Math.floor(index / 5),
          tags: [tag],
        }),
      );
      await store.put(
        'act',
        all.toSorted(() => 0.5 - Math.random()),
      );
      const seen: StoredRecord[] = [];
      for (let after: StoredRecord | null = null; ; after = seen.at(-1) ?? null) {
        const page: readonly StoredRecord[] = await store.newest('act', { tag, limit: 4, after });
        seen.push(...page);
        if (page.length < 4) break;
      }
      assert.deepEqual(ids(seen), ids(all).toReversed());
    },
  ],
  [
    'a record is found under its tags of today, not those of yesterday',
    async (store, unique) => {
      const [old, both, fresh] = ['old', 'both', 'new'].map((name) => `${name}-${unique}`) as [
        string,
        string,
        string,
      ];
      await store.put('message', [record(unique, { tags: [old, both] })]);
      await store.put('message', [record(unique, { atMs: now + 5, tags: [both, fresh] })]);
      assert.deepEqual(await store.idsOf('message', [old]), []);
      assert.deepEqual(await store.idsOf('message', [both, fresh]), [unique], 'once');
      await store.change('message', unique, () => null);
      assert.deepEqual(await store.idsOf('message', [both, fresh]), []);
      assert.deepEqual(await store.newest('message', { tag: fresh, limit: 5 }), []);
    },
  ],
  [
    'a record of more than a thousand tags is found under each, and then under none',
    async (store, unique) => {
      const tags = Array.from({ length: 1100 }, (_, index) => `${index}-${unique}`);
      await store.put('message', [record(unique, { tags })]);
      for (const tag of [tags[0]!, tags.at(-1)!])
        assert.deepEqual(await store.idsOf('message', [tag]), [unique]);
      await store.change('message', unique, (found) => found && { ...found, tags: tags.slice(1) });
      assert.deepEqual(await store.newest('message', { tag: tags[0]!, limit: 2 }), []);
      assert.equal((await store.newest('message', { tag: tags[1]!, limit: 2 })).length, 1);
      await store.change('message', unique, () => null);
      assert.deepEqual(await store.idsOf('message', tags.slice(-3)), []);
    },
  ],
  [
    'of changes at the same time none is lost',
    async (store, unique, again) => {
      const other = await again();
      const add = (text: string) => ({ ...record(unique), text: `${Number(text) + 1}` });
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? store : other).change('lesson', unique, (found) =>
            add(found?.text ?? '0'),
          ),
        ),
      );
      assert.equal((await store.read('lesson', [unique]))[0]?.text, '10');
    },
  ],
  [
    'a record is gone when its time is over',
    async (store, unique) => {
      const tag = `t-${unique}`;
      await store.put('message', [record(unique, { tags: [tag], untilMs: Date.now() + 150 })]);
      assert.equal((await store.newest('message', { tag, limit: 1 })).length, 1);
      await delay(250);
      assert.deepEqual(await store.read('message', [unique]), [null]);
      assert.deepEqual(await store.newest('message', { tag, limit: 1 }), []);
    },
  ],
  [
    'a bound lets the oldest go, in bulk',
    async (store, unique) => {
      const tag = `t-${unique}`;
      const make = (index: number) =>
        record(`${unique}-${index}`, { atMs: now + index, tags: [tag, `${tag}-${index}`] });
      await store.put(
        'message',
        Array.from({ length: 11 }, (_, index) => make(index)),
      );
      await store.bound('message', tag, 10);
      assert.equal((await store.idsOf('message', [tag])).length, 11, 'a tenth may be too much');
      await store.put('message', [make(11)]);
      await store.bound('message', tag, 10);
      const left = await store.newest('message', { tag, limit: 20 });
      assert.deepEqual(ids(left), ids(Array.from({ length: 10 }, (_, index) => make(11 - index))));
      assert.deepEqual(await store.idsOf('message', [`${tag}-0`]), []);
      assert.deepEqual(await store.read('message', [`${unique}-1`]), [null]);
    },
  ],
  [
    'a name is taken by one owner at a time, until it is given back or its time is over',
    async (store, unique, again) => {
      const other = await again();
      const name = `n-${unique}`;
      const tries = await Promise.all(
        ['a', 'b', 'c', 'd'].map((owner, index) =>
          (index % 2 === 0 ? store : other).claim(name, owner, 60_000),
        ),
      );
      assert.equal(tries.filter(Boolean).length, 1);
      const owner = 'abcd'.charAt(tries.indexOf(true));
      assert.equal(await other.claim(name, owner, 200), true, 'prolonged');
      await other.disclaim(name, 'nobody');
      assert.equal(await store.claim(name, 'e', 60_000), false);
      await delay(300);
      assert.equal(await store.claim(name, 'e', 60_000), true);
      await store.disclaim(name, 'e');
      assert.equal(await other.claim(name, 'f', 60_000), true);
    },
  ],
  [
    'only what is in force makes another revision',
    async (store, unique, again) => {
      const other = await again();
      const before = await store.revision();
      await store.put('message', [record(unique)]);
      await store.put('act', [record(unique)]);
      assert.equal(await other.revision(), before);
      await store.put('approval', [record(unique)]);
      const approved = await other.revision();
      assert.notEqual(approved, before);
      await store.change('attack', unique, () => record(unique));
      assert.notEqual(await other.revision(), approved);
      await store.ping();
    },
  ],
];

/** What every review store has to do. */
export function reviewStoreContract(under: ReviewStoreUnderTest): void {
  describe(`review store: ${under.name}`, { skip: under.skip }, () => {
    for (const [name, check] of cases)
      test(name, async () => {
        await using opened = new AsyncDisposableStack();
        const open = async () => opened.use(await under.open());
        const store = await open();
        await check(store, randomUUID(), under.isShared ? open : () => Promise.resolve(store));
      });
  });
}
