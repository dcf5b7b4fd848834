import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { allHeld } from '../../src/quarantine/all-held.ts';
import type {
  StoredQuarantine,
  StoredQuarantineOptions,
} from '../../src/quarantine/stored-quarantine.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { id } from '../action/samples.ts';
import { content, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

/** A new, empty place for held mail, and what lies there under which name. */
export type ContractPlace = {
  readonly open: (options?: StoredQuarantineOptions) => Promise<StoredQuarantine>;
  /** By name; without what belongs to no message. */
  readonly names: () => Promise<readonly string[]>;
  readonly write: (name: string, bytes: string | Buffer) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
};

export const idOf = (character: string) => character.repeat(20);

const now = new Date('2026-03-06T07:08:09Z');

/** What a quarantine does wherever it is kept. */
export function quarantineContract(
  kind: string,
  placeFor: (t: TestContext) => Promise<ContractPlace>,
): void {
  describe(`held mail in a ${kind}`, () => {
    for (const sealed of [false, true])
      test(`a held message comes back as it was kept, also to another reader${sealed ? ', encrypted' : ''}`, async (t) => {
        const place = await placeFor(t);
        const options = { ring: sealed ? ring : null };
        await (await place.open(options)).hold(heldMessage(), prefix, content);

        const quarantine = await place.open(options);
        assert.deepEqual(await quarantine.find(id), heldMessage());
        const kept = await quarantine.read(id);
        assert.equal(kept.sizeBytes, wholeMessage.length);
        assert.deepEqual(await buffer(kept.stream()), wholeMessage);
        assert.deepEqual(await kept.prefix(7), wholeMessage.subarray(0, 7));
        assert.deepEqual(await kept.prefix(10_000), wholeMessage);
        assert.deepEqual(await place.names(), [`${id}.eml`, `${id}.json`]);
      });

    for (const sealed of [false, true])
      test(`a large message is read in pieces${sealed ? ', encrypted' : ''}`, async (t) => {
        const quarantine = await (await placeFor(t)).open({ ring: sealed ? ring : null });
        const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'ab');
        await quarantine.hold(heldMessage({ sizeBytes: bytes.length }), prefix, {
          ...memoryContent(bytes),
        });
        const kept = await quarantine.read(id);
        assert.deepEqual(await buffer(kept.stream()), Buffer.concat([prefix, bytes]));
        assert.equal((await kept.prefix(100_000)).length, 100_000);
        for await (const piece of kept.stream()) {
          assert.ok((piece as Buffer).length > 0);
          break; // whoever has enough goes away
        }
      });

    test('holding the same id twice is one entry, the first', async (t) => {
      const quarantine = await (await placeFor(t)).open();
      await quarantine.hold(heldMessage(), prefix, content);
      const other = memoryContent(Buffer.from('other'));
      await quarantine.hold(heldMessage({ subject: 'other' }), prefix, other);
      assert.equal((await Array.fromAsync(allHeld(quarantine))).length, 1);
      assert.equal((await quarantine.find(id))?.subject, 'hello');
      assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
    });

    test('a listing is newest first and without lessons', async (t) => {
      const quarantine = await (await placeFor(t)).open();
      for (const [letter, heldAt] of [
        ['a', '2026-03-05T06:00:00.000Z'],
        ['b', '2026-03-07T06:00:00.000Z'],
        ['c', '2026-03-06T06:00:00Z'],
        ['d', '2026-03-06T06:00:00Z'],
      ] as const)
        await quarantine.hold(heldMessage({ id: idOf(letter), heldAt }), prefix, content);
      const listed = await Array.fromAsync(allHeld(quarantine));
      assert.deepEqual(
        listed.map((entry) => entry.id[0]),
        ['b', 'd', 'c', 'a'],
      );
      assert.ok(listed.every((entry) => !('lesson' in entry)));
    });

    test('an update replaces the description and leaves the message', async (t) => {
      const quarantine = await (await placeFor(t)).open();
      await quarantine.hold(heldMessage(), prefix, content);
      const before = await quarantine.version(id);
      // The file system's clock may tick every 10 ms only.
      await delay(30);
      const deliveries = [
        {
          recipient: 'ann@example.test',
          at: '2026-03-06T00:00:00.000Z',
          reply: '250 ok',
          delivered: true,
        },
      ];
      await quarantine.update(heldMessage({ deliveries }));
      assert.deepEqual(await quarantine.find(id), heldMessage({ deliveries }));
      assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
      assert.ok(Number(await quarantine.version(id)) > Number(before), 'an index can tell');
    });

    test('into the bin, out of it, and gone', async (t) => {
      const place = await placeFor(t);
      const quarantine = await place.open();
      await quarantine.hold(heldMessage(), prefix, content);
      await assert.rejects(quarantine.purge(id), { problem: 'held' });
      assert.equal((await quarantine.delete(id, now)).state, 'deleted');
      assert.equal((await quarantine.delete(id, new Date())).closedAt, now.toISOString());
      assert.equal((await quarantine.restore(id, now)).state, 'held');
      await quarantine.delete(id, now);
      await quarantine.purge(id);
      await quarantine.purge(id);
      assert.equal(await quarantine.find(id), null);
      assert.deepEqual(await place.names(), []);
    });

    for (const bad of [
      '',
      '..',
      '../0123456789abcdefgh',
      `${id}/`,
      `${id}\n`,
      id.toUpperCase(),
      `${id}0`,
      '0123456789.bcdefghij',
    ])
      test(`not an id: ${JSON.stringify(bad)}`, async (t) => {
        const place = await placeFor(t);
        const quarantine = await place.open();
        const refused = { name: 'QuarantineError', problem: 'invalid-id' };
        await assert.rejects(quarantine.hold(heldMessage({ id: bad }), prefix, content), refused);
        await assert.rejects(quarantine.update(heldMessage({ id: bad })), refused);
        await assert.rejects(quarantine.find(bad), refused);
        await assert.rejects(quarantine.read(bad), refused);
        assert.deepEqual(await place.names(), []);
      });

    test('what is not there is missing', async (t) => {
      const place = await placeFor(t);
      const quarantine = await place.open();
      assert.equal(await quarantine.find(id), null);
      assert.equal(await quarantine.version(id), null);
      await assert.rejects(quarantine.read(id), { problem: 'missing' });
      await assert.rejects(quarantine.update(heldMessage()), { problem: 'missing' });
      await assert.rejects(quarantine.delete(id, now), { problem: 'missing' });
      assert.deepEqual(await place.names(), []);
    });

    test('a description that could not be read back is refused before anything is written', async (t) => {
      const place = await placeFor(t);
      const quarantine = await place.open();
      const reason = 'x'.repeat(4 * 1024 * 1024);
      for (const [changes, said] of [
        [{ scoreBits: NaN }, /scoreBits/],
        [{ reason }, /larger/],
      ] as const)
        await assert.rejects(quarantine.hold(heldMessage(changes), prefix, content), said);
      assert.deepEqual(await place.names(), []);
      await quarantine.hold(heldMessage(), prefix, content);
      await assert.rejects(quarantine.update(heldMessage({ reason })), /larger/);
      assert.deepEqual(await quarantine.find(id), heldMessage());
    });

    test('an encrypted description may be as large as one that is not', async (t) => {
      const quarantine = await (await placeFor(t)).open({ ring });
      const message = heldMessage({ reason: 'x'.repeat(4 * 1024 * 1024 - 4096) });
      await quarantine.hold(message, prefix, content);
      assert.deepEqual(await quarantine.find(id), message);
    });

    test('without the key nothing can be read, neither here nor there', async (t) => {
      const place = await placeFor(t);
      await (await place.open({ ring })).hold(heldMessage(), prefix, content);
      const unlocked = await place.open();
      await assert.rejects(unlocked.find(id), { problem: 'locked' });
      await assert.rejects(unlocked.read(id), { problem: 'locked' });
      assert.deepEqual(
        (await unlocked.unreadable()).map((entry) => entry.id),
        [id],
      );
    });

    test('past the quota nothing more is held', async (t) => {
      const quarantine = await (await placeFor(t)).open({ maxBytes: 20_000 });
      await quarantine.tidy();
      const large = memoryContent(Buffer.alloc(9000, 'a'));
      const hold = (which: string) =>
        quarantine.hold(heldMessage({ id: which, sizeBytes: 9000 }), prefix, large);
      const holdMore = async () => {
        for (const letter of ['b', 'c', 'd']) await hold(idOf(letter));
      };
      await hold(idOf('a'));
      await assert.rejects(holdMore(), { problem: 'full' });
    });

    for (const { name, damage, problem } of damages)
      test(`an unreadable entry is reported and does not hide the others: ${name}`, async (t) => {
        const place = await placeFor(t);
        const quarantine = await place.open();
        for (const letter of ['a', 'b', 'c'])
          await quarantine.hold(heldMessage({ id: idOf(letter) }), prefix, content);
        await damage(place, idOf('b'));
        assert.deepEqual(
          (await Array.fromAsync(allHeld(quarantine))).map((entry) => entry.id[0]),
          ['c', 'a'],
        );
        const [unreadable, ...others] = await quarantine.unreadable();
        assert.equal(unreadable?.id[0], 'b');
        assert.match(unreadable.problem, problem);
        assert.deepEqual(others, []);
        if (await quarantine.version(idOf('b')))
          if (!name.startsWith('without'))
            await assert.rejects(quarantine.find(idOf('b')), { problem: 'damaged' });
      });
  });
}

type Damage = {
  readonly name: string;
  readonly damage: (place: ContractPlace, id: string) => Promise<void>;
  readonly problem: RegExp;
};

const written = (name: string, bytes: string | Buffer, problem: RegExp): Damage => ({
  name,
  damage: (place, damaged) => place.write(`${damaged}.json`, bytes),
  problem,
});

const damages: readonly Damage[] = [
  written('no JSON', '{"id":', /JSON/),
  written('another shape', '{"id":7}', /id: /),
  written('empty', '', /JSON/),
  written('far too large', Buffer.alloc(5 * 1024 * 1024), /larger/),
  written('of another message', JSON.stringify(heldMessage({ id: idOf('z') })), /describes/),
  {
    name: 'without its message',
    damage: (place, damaged) => place.remove(`${damaged}.eml`),
    problem: /its message cannot be read/,
  },
  {
    name: 'under a name that is no id',
    damage: async (place, damaged) => {
      await place.write(`${damaged}x.json`, '{}');
      await place.remove(`${damaged}.json`);
    },
    problem: /20 characters/,
  },
];
