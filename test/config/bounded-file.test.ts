import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noSuchFile, readBounded } from '../../src/config/bounded-file.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-bounded-'));
});
after(() => rm(folder, { recursive: true }));

test('a file is read to its last byte, and no further than the limit', async () => {
  const path = join(folder, 'any');
  for (const [length, limit] of [
    [0, 0],
    [0, 10],
    [9, 10],
    [10, 10],
    [100_000, 100_000],
  ] as const) {
    const bytes = Buffer.alloc(length, 'x');
    await writeFile(path, bytes);
    assert.deepEqual(await readBounded(path, limit), bytes);
  }
  for (const length of [11, 12, 100_000]) {
    await writeFile(path, Buffer.alloc(length, 'x'));
    assert.equal(await readBounded(path, 10), 'larger than 10 bytes');
  }
});

const status = '/proc/self/status';
const skip = existsSync(status) ? false : 'there is no /proc here';
test('a file that has more than it says is read all the same', { skip }, async () => {
  const read = await readBounded(status, 100_000);
  assert.match(read.toString(), /^Name:[^]*nonvoluntary_ctxt_switches:\s+\d+\n$/);
  assert.equal(await readBounded(status, 100), 'larger than 100 bytes');
});

test('what is no file is told', async () => {
  assert.equal(await readBounded(join(folder, 'none'), 10), noSuchFile);
  assert.equal(await readBounded(folder, 10), 'not a file');
});
