import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import type { Quarantine } from '../../src/quarantine/quarantine.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import { reply } from '../../src/smtp/reply.ts';
import { id } from '../action/samples.ts';
import { frozenDisk } from './frozen-disk.ts';
import { content, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

const copyId = 'c'.repeat(20);
const now = new Date(Date.parse('2026-03-06T07:08:09Z'));

type Operation = {
  readonly name: string;
  /** What is there before; each call is durable. */
  readonly before: (quarantine: Quarantine) => Promise<unknown>;
  readonly act: (quarantine: Quarantine) => Promise<unknown>;
  /** States of the message at which a kill may leave it. */
  readonly leaves: readonly (string | undefined)[];
  readonly ends: string | undefined;
};

const hold = (quarantine: Quarantine) => quarantine.hold(heldMessage(), prefix, content);
const holdCopy = (quarantine: Quarantine) =>
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

for (const sealed of [false, true]) {
  const options = { ring: sealed ? ring : null };
  describe(`killed before any call of the disk, ${sealed ? 'encrypted' : 'plain'}`, () => {
    for (const { name, before, act, leaves, ends } of operations) {
      test(name, async (t) => {
        const calls = await callsOf({ before, act });
        assert.ok(calls.length > 3, 'the operation asks the disk');
        for (const [call, step] of [...calls, 'the end'].entries()) {
          const directory = await temporaryDirectory(t);
          await before(await openQuarantine(directory, options));
          const { disk, died } = frozenDisk(call);
          const dying = act(await openQuarantine(directory, { ...options, disk }));
          await (call < calls.length ? died : dying);
          await checkWhole(directory, `before ${step}`);
          // Whoever asked for it asks again.
          await act(await openQuarantine(directory, options));
          assert.equal(await stateIn(directory), ends, `after ${step}, again`);
          await checkWhole(directory, `before ${step}, again`);
        }

        async function callsOf(operation: Pick<Operation, 'before' | 'act'>) {
          const directory = await temporaryDirectory(t);
          await operation.before(await openQuarantine(directory, options));
          const { disk, steps } = frozenDisk(Infinity);
          await operation.act(await openQuarantine(directory, { ...options, disk }));
          return steps;
        }

        async function checkWhole(directory: string, when: string): Promise<void> {
          const quarantine = await openQuarantine(directory, options);
          assert.deepEqual(await quarantine.unreadable(), [], when);
          const state = await stateIn(directory);
          assert.ok(leaves.includes(state), `${when}: ${state}`);
          for await (const { id: kept } of quarantine.entries()) {
            const bytes = await buffer((await quarantine.read(kept)).stream());
            assert.deepEqual(bytes, wholeMessage, when);
          }
          const copies = name.includes('another') ? 1 : 0;
          assert.ok((await Array.fromAsync(quarantine.entries())).length >= copies, when);
        }

        async function stateIn(directory: string): Promise<string | undefined> {
          return (await (await openQuarantine(directory, options)).find(id))?.state;
        }
      });
    }
  });
}

test('bytes go with the last message that holds them', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  const bodies = () => readdir(join(directory, 'bodies'));
  await hold(quarantine);
  await holdCopy(quarantine);
  assert.equal((await bodies()).length, 1);
  for (const [kept, left] of [
    [id, 1],
    [copyId, 0],
  ] as const) {
    await assert.rejects(quarantine.purge(kept), { problem: 'held' });
    await quarantine.delete(kept, now);
    await quarantine.purge(kept);
    await quarantine.purge(kept);
    assert.equal((await bodies()).length, left);
  }
});

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-kill-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
