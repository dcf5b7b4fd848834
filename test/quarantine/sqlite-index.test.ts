import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqliteIndex } from '../../src/quarantine/sqlite-index.ts';
import { indexContract } from './index-contract.ts';

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
