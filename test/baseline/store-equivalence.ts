import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Snapshot } from '../../src/baseline/ledger.ts';
import type { BaselineStore, StoreLimits } from '../../src/baseline/store.ts';
import { dayOf } from '../../src/baseline/ledger.ts';
import { lesson, newAlias, request, type StoreUnderTest } from './store-contract.ts';
import { sorted, StoreModel } from './store-model.ts';

/** By the machine's clock, which decides how long commits are recognised. */
const today = dayOf(new Date());
/** Small, so that everything that is bounded overflows within a run. */
const limits: StoreLimits = { windowDays: 9, valuesPerTable: 5, recipients: 7, values: 24 };

const mask = fc.integer({ min: 0, max: 0xffff_ffff });
const day = fc.oneof(
  fc.integer({ min: today, max: today + 6 }),
  fc.integer({ min: today - 45, max: today + 45 }),
);
const value = fc.record({
  table: fc.constantFrom('reach', 'domain', 'line', 'layout', 'actor', 'recipient'),
  value: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom('*', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 90 }) },
  ),
});
const touches = fc
  .array(fc.tuple(value, mask, mask, mask), { maxLength: 8 })
  .map((rows) =>
    rows.map(([place, domains, recipients, actors]) => ({ ...place, domains, recipients, actors })),
  );

const commit = fc.record({
  kind: fc.constant('commit' as const),
  id: fc.integer({ min: 0, max: 40 }).map(String),
  day,
  counters: fc.dictionary(
    fc.constantFrom('n', 's.-3', 'x.phone', 'l.volume.1', 'w.body."é"', '0'),
    fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 40 })),
  ),
  values: touches,
});
const retract = commit.map((given) => ({ ...given, kind: 'retract' as const }));
const observe = fc.record({
  kind: fc.constant('observe' as const),
  at: fc
    .tuple(day, fc.integer({ min: 0, max: 86_399_999 }))
    .map(([days, ms]) => new Date(days * 86_400_000 + ms)),
  values: fc.array(value, { maxLength: 6 }),
  signature: fc.constantFrom(null, 'one', 'two'),
  recipients: fc.array(
    fc.integer({ min: 0, max: 60 }).map((i) => `recipient ${i}`),
    { maxLength: 12 },
  ),
  actor: fc.constantFrom('', 'a', 'b', 'c'),
  count: fc.boolean(),
});
const forget = fc.record({
  kind: fc.constant('forget' as const),
  day: fc.option(day, { freq: 4 }),
});
const step = fc.oneof(
  { weight: 9, arbitrary: commit },
  { weight: 3, arbitrary: retract },
  { weight: 9, arbitrary: observe },
  { weight: 1, arbitrary: forget },
);

/** Random histories, days out of order included: the store equals the model field for field after every step. */
export function storeEquivalence({ name, skip, open }: StoreUnderTest, numRuns: number): void {
  test(`${name}: equals the pure functions over any history`, { skip }, async () => {
    await using store = await open(limits);
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }),
      (steps) => compare(store, steps),
    );
    await fc.assert(property, { numRuns });
  });
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function compare(store: BaselineStore, steps: readonly Step[]): Promise<void> {
  const alias = newAlias();
  const model = new StoreModel(limits);
  const versions = new Map<string, Snapshot>();
  for (const each of steps) {
    if (each.kind === 'commit' || each.kind === 'retract') {
      const learned = lesson(alias, each.day, {
        id: each.id,
        counters: each.counters,
        values: each.values,
      });
      model[each.kind](learned);
      await store[each.kind](learned);
    } else if (each.kind === 'forget') {
      model.forget(each.day);
      await store.forget(alias, each.day);
    } else {
      const asked = request(alias, each.at, each);
      const { snapshot, ...rest } = await store.observe(asked);
      const { version, ...content } = snapshot;
      assert.deepEqual({ ...rest, snapshot: content }, model.observe(asked));
      assert.deepEqual(
        versions.get(version) ?? snapshot,
        snapshot,
        'equal versions are equal snapshots',
      );
      versions.set(version, snapshot);
    }
  }
  const { values } = await store.describe(alias, new Date(0));
  assert.deepEqual(sorted(values), model.values());
}
