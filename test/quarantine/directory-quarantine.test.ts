import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { id } from '../action/samples.ts';
import { idOf, quarantineContract } from './quarantine-contract.ts';
import { content, entryFiles, heldMessage, prefix, wholeMessage } from './samples.ts';

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-quarantine-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

quarantineContract('directory', async (t) => {
  const directory = await temporaryDirectory(t);
  return {
    open: (options) => openQuarantine(directory, options),
    names: () => entryFiles(directory),
    write: (name, bytes) => writeFile(join(directory, name), bytes),
    remove: (name) => unlink(join(directory, name)),
  };
});

test('only the owner can read it', async (t) => {
  const directory = join(await temporaryDirectory(t), 'quarantine');
  await (await openQuarantine(directory)).hold(heldMessage(), prefix, content);
  const modes = await Promise.all(
    [directory, join(directory, `${id}.eml`), join(directory, `${id}.json`)].map(
      async (path) => (await stat(path)).mode & 0o777,
    ),
  );
  assert.deepEqual(modes, [0o700, 0o600, 0o600]);
});

test('a directory that is not there is missing to a reader, and stays so', async (t) => {
  const directory = await temporaryDirectory(t);
  await assert.rejects(openQuarantine(join(directory, 'none'), { create: false }), {
    problem: 'missing',
  });
  assert.deepEqual(await entryFiles(directory), []);
});

test('a start sweeps old leftovers of killed processes, and only these', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  await quarantine.hold(heldMessage(), prefix, content);
  const old = [
    `${idOf('a')}.eml`,
    `${idOf('b')}.eml.0123456789ab.tmp`,
    `${idOf('c')}.json.0123456789ab.tmp`,
    'notes.tmp',
  ];
  const young = [`${idOf('d')}.eml`, `${idOf('e')}.eml.0123456789ab.tmp`];
  for (const name of [...old, ...young]) await writeFile(join(directory, name), '');
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  for (const name of [...old, `${id}.eml`, `${id}.json`])
    await utimes(join(directory, name), longAgo, longAgo);

  await openQuarantine(directory, { create: false });
  assert.equal((await entryFiles(directory)).length, 8);
  await openQuarantine(directory);
  assert.deepEqual(
    await entryFiles(directory),
    [...young, `${id}.eml`, `${id}.json`, 'notes.tmp'].sort(),
  );
});

test('a start sweeps bytes that no message has any more, and no others', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  const bodies = join(directory, 'bodies');
  const [gone, kept] = [idOf('a'), idOf('b')];
  await quarantine.hold(heldMessage({ id: gone }), prefix, memoryContent(Buffer.from('gone')));
  const [orphan = ''] = await readdir(bodies);
  await quarantine.hold(heldMessage({ id: kept }), prefix, content);
  // As a purge leaves it that dies before its last step.
  for (const name of [`${gone}.json`, `${gone}.eml`]) await unlink(join(directory, name));
  await openQuarantine(directory);
  assert.equal((await readdir(bodies)).length, 2, 'too young');

  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  for (const name of await readdir(bodies)) await utimes(join(bodies, name), longAgo, longAgo);
  await openQuarantine(directory);
  const left = await readdir(bodies);
  assert.equal(left.length, 1);
  assert.notEqual(left[0], orphan);
  assert.deepEqual(await buffer((await quarantine.read(kept)).stream()), wholeMessage);
});
