import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPseudonym } from '../../src/features/hash.ts';
import { createVectorKeeper, type VectorEvents } from '../../src/vectors/keep-vectors.ts';
import { openVectorsFile, type VectorsFile } from '../../src/vectors/vectors-file.ts';
import { appraisedMail, shippedRules } from '../support/appraised-mail.ts';
import { toKeep } from '../support/kept-mail.ts';

const rules = await shippedRules();
const pseudonym = createPseudonym(Buffer.alloc(32, 7));
const until = new Date('2026-11-22T10:00:00Z');
const [mail] = await appraisedMail({ count: 1, rules, pseudonym, until, days: 0 });
assert.ok(mail);
const one = toKeep(mail, rules);

const refuse = (): never => {
  throw new Error('disk full');
};

/** A keeper on a file of which some parts may refuse, and what it told. */
function keeperOn(file: VectorsFile, events: Partial<VectorEvents> = {}) {
  const lost: (readonly [number, string])[] = [];
  const keeper = createVectorKeeper({
    file,
    pseudonym,
    random: () => 0.5,
    now: () => until,
    events: {
      onKept: () => undefined,
      onLost: (messages, error) => lost.push([messages, (error as Error).message]),
      ...events,
    },
  });
  const keep = (messages: number) => {
    for (let index = 0; index < messages; index++) keeper.keep(one);
  };
  return { keeper, keep, lost };
}

const scoredIn = (file: VectorsFile) =>
  file.scored({ since: 0, aliases: null }).reduce((sum, { messages }) => sum + messages, 0);

test('past what may wait messages are counted and lost, and nobody waits for the disk', async () => {
  using file = openVectorsFile(':memory:');
  let added = 0;
  const add: VectorsFile['add'] = (batch) => {
    added++;
    file.add(batch);
  };
  const { keeper, keep, lost } = keeperOn({ ...file, add });
  keep(600);
  assert.equal(added, 0, 'nothing is written while mail is on its way');
  await keeper.flush();
  assert.deepEqual(lost, [[100, 'more came than could be kept']]);
  assert.equal(file.count(), 500);
  assert.equal(scoredIn(file), 600);
});

test('a disk that refuses loses the messages of one batch, and their number stays counted', async () => {
  using file = openVectorsFile(':memory:');
  let refuses = true;
  const add: VectorsFile['add'] = (batch) => (refuses ? refuse() : file.add(batch));
  const { keeper, keep, lost } = keeperOn({ ...file, add });
  keep(3);
  await keeper.flush();
  keep(2);
  await keeper.flush();
  assert.deepEqual(lost, [
    [3, 'disk full'],
    [2, 'disk full'],
  ]);
  refuses = false;
  keep(4);
  await keeper.flush();
  assert.equal(lost.length, 2);
  assert.equal(file.count(), 4);
  assert.equal(scoredIn(file), 9);
  await keeper.flush();
  assert.equal(scoredIn(file), 9, 'once');
});

test('what is scored while a batch is refused is counted once as well', async () => {
  using file = openVectorsFile(':memory:');
  let refusals = 0;
  const add: VectorsFile['add'] = (batch) => {
    if (refusals++ === 0) {
      keep(5);
      refuse();
    }
    file.add(batch);
  };
  const { keeper, keep } = keeperOn({ ...file, add });
  keep(3);
  await keeper.flush();
  await keeper.flush();
  assert.equal(file.count(), 5);
  assert.equal(scoredIn(file), 8);
});

for (const part of ['thin', 'expire'] as const)
  test(`what was written is not lost where ${part} fails afterwards`, async () => {
    using file = openVectorsFile(':memory:');
    const { keeper, keep, lost } = keeperOn({ ...file, [part]: refuse });
    keep(2);
    await keeper.flush();
    keep(1);
    await keeper.flush();
    assert.equal(file.count(), 3);
    assert.ok(lost.length > 0, 'it is told');
    assert.ok(lost.every(([messages, error]) => messages === 0 && error === 'disk full'));
  });

test('who listens and throws stops nothing', async () => {
  using file = openVectorsFile(':memory:');
  let refuses = true;
  const add: VectorsFile['add'] = (batch) => (refuses ? refuse() : file.add(batch));
  const { keeper, keep } = keeperOn({ ...file, add }, { onKept: refuse, onLost: refuse });
  keep(600);
  await keeper.flush();
  refuses = false;
  keep(2);
  await keeper.flush();
  assert.equal(file.count(), 2);
  assert.equal(scoredIn(file), 602);
});
