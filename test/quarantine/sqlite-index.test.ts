import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { summaryOf } from '../../src/quarantine/held-states.ts';
import { indexEntryOf } from '../../src/quarantine/index-entry.ts';
import { createMarker } from '../../src/quarantine/index-marks.ts';
import { openSqliteIndex } from '../../src/quarantine/sqlite-index.ts';
import { indexContract } from './index-contract.ts';
import { heldMessage } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-index-'));
after(() => rmSync(folder, { recursive: true, force: true }));

indexContract({
  name: 'SQLite file',
  skip: false,
  open: (name) => openSqliteIndex(join(folder, `${name}.db`), { timeoutMs: 5000 }),
});

test('a file that is no index is refused in one sentence', async () => {
  const path = join(folder, 'other');
  await writeFile(path, 'no database at all, but long enough to look at'.repeat(100));
  await assert.rejects(
    openSqliteIndex(path, { timeoutMs: 100 }),
    /Quarantine index .*other is not a quarantine index, or is damaged/,
  );
});

test('a reader keeps nobody waiting; once it is done, what was removed is in no file any more', async () => {
  const path = join(folder, 'read.db');
  await using index = await openSqliteIndex(path, { timeoutMs: 3000 });
  const directory = 'd'.repeat(20);
  const held = { ...summaryOf(heldMessage()), subject: 'Unforgettable' };
  const entry = indexEntryOf(held, {
    directory,
    version: 1,
    marker: createMarker(null),
    ring: null,
  });
  await index.put([entry]);
  const isReadable = async () => {
    const files = await Promise.all(
      ['', '-wal'].map((part) => readFile(`${path}${part}`, 'latin1')),
    );
    return files.some((bytes) => bytes.includes('Unforgettable'));
  };
  const reader = new DatabaseSync(path);
  reader.exec('BEGIN; SELECT count(*) FROM held');
  const startedMs = performance.now();
  await index.remove(directory, [held.id]);
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  await assert.rejects(index.scrub(200), /read\.db was in use all the time/);
  clearInterval(turning);
  assert.ok(performance.now() - startedMs < 1500, 'waited for the reader');
  assert.ok(turns > 5, `the thread was free ${turns} times`);
  assert.ok(await isReadable());
  const scrubbed = index.scrub(3000);
  reader.exec('COMMIT');
  await scrubbed;
  assert.ok(!(await isReadable()));
  reader.close();
});
