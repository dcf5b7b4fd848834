import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openVectorsFile, type VectorRow } from '../../src/vectors/vectors-file.ts';

const scratch = await mkdtemp(join(tmpdir(), 'aliaswatch-vectors-'));
after(() => rm(scratch, { recursive: true, force: true }));

function row(key: number, given: Partial<VectorRow> = {}): VectorRow {
  return {
    id: `m${key}`,
    alias: 'zoom',
    isHeld: false,
    day: 20_000,
    key,
    ruleset: 'r',
    recipients: ['jo'],
    snapshot: 's',
    fits: 'f',
    body: Buffer.from(`body ${key}`),
    ...given,
  };
}

const shared = new Map([
  ['s', Buffer.from('snapshot')],
  ['f', Buffer.from('fits')],
]);

function scored(messages: number, day = 20_000, isHeld = false) {
  return [{ alias: 'zoom', day, isHeld, messages }];
}

test('a draw is the largest keys of each alias, and held mail comes on top', () => {
  using file = openVectorsFile(':memory:');
  const rows = [0.1, 0.9, 0.5].map((key) => row(key));
  const others = [row(0.2, { isHeld: true }), row(0.3, { alias: 'wix' })];
  file.add({ rows: [...rows, ...others], shared, scored: scored(10) });
  const draw = (aliases: readonly string[] | null, since = 0) =>
    file
      .read(file.select({ since, aliases, perAlias: 2 }))
      .map((found) => Buffer.from(found!.body).toString());
  assert.deepEqual(draw(null), ['body 0.3', 'body 0.9', 'body 0.5', 'body 0.2']);
  assert.deepEqual(draw(['wix']), ['body 0.3']);
  assert.deepEqual(draw(null, 20_001), []);
});

test('thinning says from which key on a message of that day is kept', () => {
  using file = openVectorsFile(':memory:');
  file.add({ rows: [0.1, 0.9, 0.5].map((key) => row(key)), shared, scored: [] });
  assert.equal(file.thin('zoom', false, { perAlias: 2, day: 20_000 }), 0.5);
  assert.equal(file.count(), 2);
  assert.equal(file.thin('zoom', false, { perAlias: 5, day: 20_000 }), 0);
});

test('counts add up over batches, and days that are over go with their mail', () => {
  using file = openVectorsFile(':memory:');
  file.add({ rows: [row(0.4)], shared, scored: scored(3) });
  file.add({
    rows: [row(0.6, { day: 20_001 })],
    shared,
    scored: [...scored(4), ...scored(2, 20_001, true)],
  });
  assert.deepEqual(file.scored({ since: 0, aliases: null }), [
    { alias: 'zoom', isHeld: false, messages: 7 },
    { alias: 'zoom', isHeld: true, messages: 2 },
  ]);
  assert.equal(file.expire(20_001), 1);
  assert.deepEqual(file.scored({ since: 0, aliases: null }), [
    { alias: 'zoom', isHeld: true, messages: 2 },
  ]);
  assert.ok(file.shared('s') !== null, 'the other message needs it');
  file.forget('zoom', null);
  assert.equal(file.count(), 0);
  assert.equal(file.shared('s'), null);
});

test('an erased recipient leaves nothing in the file', async () => {
  const path = join(scratch, 'vectors.db');
  using file = openVectorsFile(path);
  const hers = {
    recipients: ['hash-of-ann', 'hash-of-jo'],
    body: Buffer.from('what ann was sent'),
  };
  file.add({ rows: [row(0.4, hers), row(0.6)], shared, scored: scored(2) });
  assert.equal(file.countRecipient('hash-of-ann'), 1);
  assert.equal(await file.eraseRecipient('hash-of-ann'), 1);
  assert.equal(file.count(), 1);
  for (const name of [path, `${path}-wal`]) {
    const bytes = await readFile(name);
    assert.ok(!bytes.includes('what ann was sent'), name);
    assert.ok(!bytes.includes('hash-of-ann'), name);
  }
});
