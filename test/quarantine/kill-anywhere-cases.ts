import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import type { Quarantine } from '../../src/quarantine/quarantine.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import type {
  StoredQuarantine,
  StoredQuarantineOptions,
} from '../../src/quarantine/stored-quarantine.ts';
import { reply } from '../../src/smtp/reply.ts';
import { id } from '../action/samples.ts';
import { content, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

export const copyId = 'c'.repeat(20);
export const now = new Date(Date.parse('2026-03-06T07:08:09Z'));

type Operation = {
  readonly name: string;
  /** What is there before; each call is durable. */
  readonly before: (quarantine: Quarantine) => Promise<unknown>;
  readonly act: (quarantine: Quarantine) => Promise<unknown>;
  /** States of the message at which a kill may leave it. */
  readonly leaves: readonly (string | undefined)[];
  readonly ends: string | undefined;
};

export const hold = (quarantine: Quarantine) => quarantine.hold(heldMessage(), prefix, content);
export const holdCopy = (quarantine: Quarantine) =>
  quarantine.hold(heldMessage({ id: copyId }), prefix, content);
const release = (quarantine: Quarantine) =>
  releaseHeld(quarantine, id, { deliver: () => Promise.resolve(reply(250, '2.0.0', 'ok')), now });

const operations: readonly Operation[] = [
  {
    name: 'hold',
    before: () => Promise.resolve(),
    act: hold,
    leaves: [undefined, 'held'],
    ends: 'held',
  },
  {
    name: 'hold of bytes that another message shares',
    before: holdCopy,
    act: hold,
    leaves: [undefined, 'held'],
    ends: 'held',
  },
  { name: 'release', before: hold, act: release, leaves: ['held', 'released'], ends: 'released' },
  {
    name: 'delete',
    before: hold,
    act: (quarantine) => quarantine.delete(id, now),
    leaves: ['held', 'deleted'],
    ends: 'deleted',
  },
  {
    name: 'restore',
    before: async (quarantine) => {
      await hold(quarantine);
      await quarantine.delete(id, now);
    },
    act: (quarantine) => quarantine.restore(id, now),
    leaves: ['deleted', 'held'],
    ends: 'held',
  },
  ...[false, true].map((isShared): Operation => ({
    name: isShared ? 'purge of bytes that another message shares' : 'purge',
    before: async (quarantine) => {
      await hold(quarantine);
      if (isShared) await holdCopy(quarantine);
      await quarantine.delete(id, now);
    },
    act: (quarantine) => quarantine.purge(id),
    leaves: ['deleted', undefined],
    ends: undefined,
  })),
];

/** An empty place, and what it looks like to a process that dies just before the given call (`frozen-calls.ts`). */
export type KillPlace = {
  readonly open: (options: StoredQuarantineOptions) => Promise<StoredQuarantine>;
  readonly dying: (
    options: StoredQuarantineOptions,
    fatalCall: number,
  ) => Promise<{
    readonly quarantine: StoredQuarantine;
    readonly steps: readonly string[];
    readonly died: Promise<undefined>;
  }>;
};

/** Every operation, killed before each of its calls and done again: nothing is lost, and nothing is half there. */
export function killedAnywhere(
  where: string,
  placeFor: (t: TestContext) => Promise<KillPlace>,
): void {
  for (const sealed of [false, true]) {
    const options = { ring: sealed ? ring : null };
    describe(`killed before any call of ${where}, ${sealed ? 'encrypted' : 'plain'}`, () => {
      for (const { name, before, act, leaves, ends } of operations) {
        test(name, async (t) => {
          const calls = await callsOf({ before, act });
          assert.ok(calls.length >= 3, 'the operation asks for something');
          await severalAtOnce([...calls, 'the end'].entries(), async ([call, step]) => {
            const place = await placeFor(t);
            await before(await place.open(options));
            const { quarantine, died } = await place.dying(options, call);
            const acting = act(quarantine);
            await (call < calls.length ? died : acting);
            await checkWhole(place, `before ${step}`);
            // Whoever asked for it asks again.
            await act(await place.open(options));
            assert.equal(await stateIn(place), ends, `after ${step}, again`);
            await checkWhole(place, `before ${step}, again`);
          });

          async function callsOf(operation: Pick<Operation, 'before' | 'act'>) {
            const place = await placeFor(t);
            await operation.before(await place.open(options));
            const { quarantine, steps } = await place.dying(options, Infinity);
            await operation.act(quarantine);
            return steps;
          }

          async function checkWhole(place: KillPlace, when: string): Promise<void> {
            const quarantine = await place.open(options);
            assert.deepEqual(await quarantine.unreadable(), [], when);
            const state = await stateIn(place);
            assert.ok(leaves.includes(state), `${when}: ${state}`);
            const kept = await Array.fromAsync(quarantine.entries());
            for (const entry of kept) {
              const bytes = await buffer((await quarantine.read(entry.id)).stream());
              assert.deepEqual(bytes, wholeMessage, when);
            }
            assert.ok(kept.length >= (name.includes('another') ? 1 : 0), when);
          }

          async function stateIn(place: KillPlace): Promise<string | undefined> {
            return (await (await place.open(options)).find(id))?.state;
          }
        });
      }
    });
  }
}

/** Each point has a place of its own; one after the other they would mostly wait for answers. */
async function severalAtOnce<Item>(
  items: IterableIterator<Item>,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const takeTurns = async () => {
    for (const item of items) await act(item);
  };
  await Promise.all(Array.from({ length: 4 }, takeTurns));
}
