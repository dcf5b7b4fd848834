import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Observation, ObserveRequest } from '../../src/baseline/store.ts';
import { journalPath, openJournal } from '../../src/commands/learn/journal.ts';

const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-journal-'));
after(() => rm(folder, { recursive: true }));

const request: ObserveRequest = {
  alias: 'a',
  at: new Date('2026-11-20T12:00:00Z'),
  values: [],
  signature: null,
  recipients: [],
  actor: '',
  count: true,
};

/** A store that counts as a store does, and with it the process may end. */
function countingStore() {
  let messages = 0;
  return {
    observe: ({ count }: ObserveRequest): Promise<Observation> => {
      if (count) messages++;
      const observation = {
        hourMessages: count ? messages : messages + 1,
        signatureRecipients: 0,
        traffic: null,
      };
      return Promise.resolve(observation as unknown as Observation);
    },
    messages: () => messages,
  };
}

test('entries outlive the process; what the ledgers have is told apart', async () => {
  const path = journalPath(folder, 'sqlite:one.db');
  {
    using journal = await openJournal(path, { startsAnew: false });
    journal.write('m1', 'learned');
    journal.counted();
    journal.write('m2', 'flagged');
  }
  using journal = await openJournal(path, { startsAnew: false });
  assert.deepEqual(journal.find('m1'), { entry: 'learned', isCounted: true });
  assert.deepEqual(journal.find('m2'), { entry: 'flagged', isCounted: false });
  assert.equal(journal.find('m3'), null);
});

test('what one run did not count, the next one has to, whatever else it counts', async () => {
  const path = journalPath(folder, 'sqlite:lost.db');
  (await openJournal(path, { startsAnew: false })).write('m1', 'learned');
  {
    using journal = await openJournal(path, { startsAnew: false });
    journal.write('m2', 'other');
    journal.counted();
  }
  using journal = await openJournal(path, { startsAnew: false });
  assert.deepEqual(
    ['m1', 'm2'].map((id) => journal.find(id)?.isCounted),
    [false, true],
  );
  journal.write('m1', 'learned');
  journal.counted();
  assert.equal(journal.find('m1')?.isCounted, true);
});

test('half a line at the end is nothing, and the next line is whole', async () => {
  const path = journalPath(folder, 'sqlite:half.db');
  {
    using journal = await openJournal(path, { startsAnew: false });
    journal.write('m1', 'learned');
  }
  await appendFile(path, 'm2 o {"traffic":{"actorHourMessages":1}');
  {
    using journal = await openJournal(path, { startsAnew: false });
    journal.write('m2', 'learned');
  }
  using journal = await openJournal(path, { startsAnew: false });
  assert.deepEqual(
    ['m1', 'm2'].map((id) => journal.find(id)?.entry),
    ['learned', 'learned'],
  );
});

test('a message is counted by the store once, and sees the same traffic again', async () => {
  const path = journalPath(folder, 'sqlite:traffic.db');
  const store = countingStore();
  const observeAs = async (id: string) => {
    using journal = await openJournal(path, { startsAnew: false });
    const { hourMessages } = await journal.observing(store, () => id).observe(request);
    return hourMessages;
  };
  assert.deepEqual(
    [await observeAs('m1'), await observeAs('m2'), await observeAs('m1')],
    [1, 2, 1],
  );
  assert.equal(store.messages(), 2);
});

test('killed just before or after it was counted: counted once', async () => {
  for (const isCounted of [false, true]) {
    const path = journalPath(folder, `sqlite:doubt-${String(isCounted)}.db`);
    const store = countingStore();
    const killing = {
      observe: async (asked: ObserveRequest) => {
        if (asked.count && isCounted) await store.observe(asked);
        if (asked.count) throw new Error('killed');
        return store.observe(asked);
      },
    };
    {
      using journal = await openJournal(path, { startsAnew: false });
      await assert.rejects(journal.observing(killing, () => 'm1').observe(request), /killed/);
    }
    using journal = await openJournal(path, { startsAnew: false });
    const { hourMessages } = await journal.observing(store, () => 'm1').observe(request);
    assert.deepEqual([hourMessages, store.messages()], [1, 1]);
  }
});

test('every store has its own; --restart empties it', async () => {
  assert.notEqual(journalPath(folder, 'sqlite:a.db'), journalPath(folder, 'sqlite:b.db'));
  const path = journalPath(folder, 'sqlite:anew.db');
  (await openJournal(path, { startsAnew: false }))[Symbol.dispose]();
  {
    using journal = await openJournal(path, { startsAnew: false });
    journal.write('m1', 'learned');
  }
  using journal = await openJournal(path, { startsAnew: true });
  assert.equal(journal.find('m1'), null);
  assert.doesNotMatch(await readFile(path, 'utf8'), /m1/);
});
