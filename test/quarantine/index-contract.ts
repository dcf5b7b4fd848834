import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { meets } from '../../src/quarantine/held-filter.ts';
import { placeOf } from '../../src/quarantine/held-order.ts';
import { summaryOf } from '../../src/quarantine/held-states.ts';
import { indexEntryOf, indexQueryOf, summaryIn } from '../../src/quarantine/index-entry.ts';
import { createMarker } from '../../src/quarantine/index-marks.ts';
import type { QuarantineIndex } from '../../src/quarantine/quarantine-index.ts';
import type { HeldSummary } from '../../src/quarantine/quarantine.ts';
import type { HeldFilter } from '../../src/review/review.ts';
import { heldMessage, ring } from './samples.ts';

export type IndexUnderTest = {
  readonly name: string;
  readonly skip: string | false;
  /** The index of that name; a new name is an empty one, the same name the same one as another process sees it. */
  readonly open: (name: string) => Promise<QuarantineIndex>;
};

const marker = createMarker(ring);
const here = 'd'.repeat(20);
const there = 'e'.repeat(20);

function idOf(number: number): string {
  return String(number).padStart(20, '0');
}

function entryOf(held: HeldSummary, { directory = here, version = 1 } = {}) {
  return indexEntryOf(held, { directory, version, marker, ring });
}

function summary(number: number, changes: Partial<HeldSummary> = {}): HeldSummary {
  return { ...summaryOf(heldMessage()), id: idOf(number), ...changes };
}

async function listed(index: QuarantineIndex, filter: HeldFilter, limit = 500) {
  const ids: string[] = [];
  let [total, after] = [0, null as string | null];
  do {
    const page = { limit, ...(after === null ? {} : { after }) };
    const found = await index.query(indexQueryOf(filter, page, marker));
    ids.push(...found.entries.map(({ body }) => summaryIn(body, ring).id));
    total = found.total;
    after = found.more ? (found.entries.at(-1)?.place ?? null) : null;
  } while (after !== null);
  return { ids, total };
}

const anyHeld = fc.record({
  number: fc.nat(30),
  minute: fc.nat(5),
  state: fc.constantFrom('held', 'released', 'deleted'),
  alias: fc.constantFrom('paypal', 'stripe', "o'neill\n:x"),
  campaign: fc.constantFrom('', 'c1', 'c2'),
  onlyUnder: fc.constantFrom('', '4f1c00aa11bb', '00aa11bb4f1c'),
  rcptTo: fc.subarray(['ann@one.test', 'Bob@One.test', 'cy@two.test', 'di@bücher.test'], {
    minLength: 1,
  }),
  subject: fc.constantFrom('Invoice 42 due', 'call now', 'Überweisung 請求書 now', ''),
  version: fc.nat(3),
});

const anyFilter = fc.record(
  {
    state: fc.constantFrom('held', 'released', 'deleted', 'any'),
    alias: fc.constantFrom('paypal', "o'neill\n:x", 'nobody'),
    campaign: fc.constantFrom('c1', 'c2'),
    onlyUnder: fc.constantFrom('4f1c00aa11bb', 'never'),
    recipient: fc.constantFrom(
      'ann@one.test',
      'bob@one.test',
      'no@one.test',
      'Di@xn--bcher-kva.test',
    ),
    recipientDomain: fc.constantFrom('one.test', 'TWO.test', 'BÜCHER.test'),
    text: fc.constantFrom(
      'invoice',
      'NOW call',
      'überweisung',
      '請求書',
      'vendor.test',
      'absent',
      '',
    ),
    since: fc.constantFrom('2026-03-05T06:01:00Z', '2026-03-05T06:03:00Z'),
    until: fc.constantFrom('2026-03-05T06:03:00Z', '2026-03-05T06:05:00Z'),
  },
  { requiredKeys: [] },
);

type Case = readonly [
  name: string,
  check: (index: QuarantineIndex, again: () => Promise<QuarantineIndex>) => Promise<void>,
];

const cases: readonly Case[] = [
  [
    'nothing is in an empty one',
    async (index) => {
      assert.deepEqual(await listed(index, { state: 'any' }), { ids: [], total: 0 });
      assert.equal(await index.locate(idOf(1)), null);
      assert.deepEqual(await index.totals(), {
        messages: { held: 0, released: 0, deleted: 0 },
        bytes: { held: 0, released: 0, deleted: 0 },
        oldestHeldAt: null,
      });
    },
  ],
  [
    'an entry comes back as it was, with its directory',
    async (index) => {
      await index.put([entryOf(summary(1))]);
      const { entries } = await index.query(indexQueryOf({}, { limit: 1 }, marker));
      assert.deepEqual(
        entries.map(({ body, directory }) => [summaryIn(body, ring), directory]),
        [[summary(1), here]],
      );
      assert.equal(await index.locate(idOf(1)), here);
    },
  ],
  [
    'an older description does not replace a newer one, the same one does no harm',
    async (index) => {
      const released = summary(1, { state: 'released', closedAt: '2026-03-06T00:00:00.000Z' });
      await index.put([entryOf(released, { version: 5.25 })]);
      await index.put([entryOf(summary(1), { version: 5.125 })]);
      await index.put([entryOf(released, { version: 5.25 })]);
      assert.deepEqual(await listed(index, { state: 'any' }), { ids: [idOf(1)], total: 1 });
      assert.deepEqual((await listed(index, {})).ids, []);
      assert.deepEqual((await index.totals()).messages, { held: 0, released: 1, deleted: 0 });
    },
  ],
  [
    'what is gone from a directory stays where another one has it',
    async (index) => {
      await index.put([entryOf(summary(1)), entryOf(summary(2), { directory: there })]);
      await index.remove(here, [idOf(1), idOf(2), idOf(3)]);
      await index.remove(here, [idOf(1)]);
      assert.deepEqual((await listed(index, {})).ids, [idOf(2)]);
      assert.equal(await index.locate(idOf(1)), null);
      assert.equal((await index.totals()).messages.held, 1);
    },
  ],
  [
    'versions of one directory',
    async (index) => {
      await index.put([
        entryOf(summary(1), { version: 1_764_000_000_000.123 }),
        entryOf(summary(2), { directory: there }),
      ]);
      assert.deepEqual([...(await index.versions(here))], [[idOf(1), 1_764_000_000_000.123]]);
    },
  ],
  [
    'what is due: held mail that expires, closed mail to purge, each of one directory and oldest first',
    async (index) => {
      const day = (number: number) => `2026-04-0${number}T00:00:00.000Z`;
      const closed = (number: number) => ({ state: 'deleted', closedAt: day(number) }) as const;
      await index.put([
        entryOf(summary(1, { expiresAt: day(3) })),
        entryOf(summary(2, { expiresAt: day(2) })),
        entryOf(summary(3, { expiresAt: day(1) }), { directory: there }),
        entryOf(summary(6, { expiresAt: day(4), expiryNoticedAt: day(1) })),
        entryOf(summary(4, { expiresAt: day(1), ...closed(5) })),
        entryOf(summary(5, { expiresAt: day(1), ...closed(4) })),
      ]);
      const due = (what: 'unnoticed' | 'expires' | 'closed', number: number, limit = 10) =>
        index.due({ directory: here, what, before: Date.parse(day(number)), limit });
      assert.deepEqual(await due('expires', 2), []);
      assert.deepEqual(await due('expires', 9), [idOf(2), idOf(1), idOf(6)]);
      assert.deepEqual(await due('unnoticed', 9), [idOf(2), idOf(1)]);
      assert.deepEqual(await due('expires', 9, 1), [idOf(2)]);
      assert.deepEqual(await due('closed', 5), [idOf(5)]);
      assert.deepEqual(await due('closed', 9), [idOf(5), idOf(4)]);
    },
  ],
  [
    'totals by state, and since when somebody waits',
    async (index) => {
      await index.put([
        entryOf(summary(1, { heldAt: '2026-03-05T00:00:00.000Z', state: 'released' })),
        entryOf(summary(2, { heldAt: '2026-03-06T00:00:00.000Z', sizeBytes: 10 })),
        entryOf(summary(3, { heldAt: '2026-03-07T00:00:00.000Z', sizeBytes: 5 })),
      ]);
      const { messages, bytes, oldestHeldAt } = await index.totals();
      assert.deepEqual([messages.held, messages.released, bytes.held], [2, 1, 15]);
      assert.equal(oldestHeldAt, Date.parse('2026-03-06T00:00:00.000Z'));
    },
  ],
  [
    'it knows which directories it was filled from',
    async (index) => {
      assert.equal(await index.isFilled(here), false);
      await index.setFilled(here);
      await index.setFilled(here);
      assert.deepEqual([await index.isFilled(here), await index.isFilled(there)], [true, false]);
    },
  ],
  [
    'a claim is one holder’s, until it is given up or runs out',
    async (index, again) => {
      await using other = await again();
      assert.equal(await index.claim('m', 'a', 60_000), true);
      assert.equal(await other.claim('m', 'b', 60_000), false);
      assert.equal(await index.claim('m', 'a', 60_000), true, 'renewed');
      await other.disclaim('m', 'b');
      assert.equal(await other.claim('m', 'b', 60_000), false);
      await index.disclaim('m', 'a');
      assert.equal(await other.claim('m', 'b', 30), true);
      await delay(60);
      assert.equal(await index.claim('m', 'a', 60_000), true);
    },
  ],
  [
    'of many who claim at once one has it',
    async (index, again) => {
      await using other = await again();
      const asked = Array.from({ length: 20 }, (_, number) =>
        (number % 2 === 0 ? index : other).claim('m', `holder ${number}`, 60_000),
      );
      assert.equal((await Promise.all(asked)).filter(Boolean).length, 1);
    },
  ],
];

/** What every implementation of the index must do. */
export function indexContract({ name, skip, open }: IndexUnderTest): void {
  describe(`${name}: the contract of the quarantine's index`, { skip }, () => {
    for (const [title, check] of cases) {
      test(title, async () => {
        const place = randomUUID();
        await using index = await open(place);
        await check(index, () => open(place));
      });
    }
    test('every filter finds what it says, page by page, whatever was changed before', async () => {
      const changes = fc.array(anyHeld, { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(
          changes,
          fc.array(anyFilter, { minLength: 4, maxLength: 8 }),
          fc.nat(30),
          async (given, filters, gone) => {
            await using index = await open(randomUUID());
            const model = new Map<string, { held: HeldSummary; version: number }>();
            for (const { number, minute, version, rcptTo, ...rest } of given) {
              const envelope = { ...heldMessage().envelope, rcptTo };
              const heldAt = `2026-03-05T06:0${minute}:00.000Z`;
              const earlier = model.get(idOf(number));
              const held = summary(number, {
                envelope,
                ...rest,
                heldAt: earlier?.held.heldAt ?? heldAt,
              });
              await index.put([entryOf(held, { version })]);
              if (version >= (earlier?.version ?? 0)) model.set(held.id, { held, version });
            }
            await index.remove(here, [idOf(gone)]);
            model.delete(idOf(gone));
            for (const filter of filters) {
              const expected = [...model.values()]
                .map(({ held }) => held)
                .filter((held) => meets(held, filter))
                .sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
                .map(({ id }) => id);
              const found = await listed(index, filter, 7);
              assert.deepEqual(found, { ids: expected, total: expected.length });
            }
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}
