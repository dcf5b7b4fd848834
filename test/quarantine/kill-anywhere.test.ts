import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { id } from '../action/samples.ts';
import { frozenDisk } from './frozen-disk.ts';
import { copyId, hold, holdCopy, killedAnywhere, now } from './kill-anywhere-cases.ts';

killedAnywhere('the disk', async (t) => {
  const directory = await temporaryDirectory(t);
  return {
    open: (options) => openQuarantine(directory, options),
    dying: async (options, fatalCall) => {
      const { disk, ...death } = frozenDisk(fatalCall);
      return { quarantine: await openQuarantine(directory, { ...options, disk }), ...death };
    },
  };
});

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
