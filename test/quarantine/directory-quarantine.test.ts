import assert from 'node:assert/strict';
import {
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { allHeld } from '../../src/quarantine/all-held.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { id } from '../action/samples.ts';
import { content, entryFiles, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-quarantine-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

const idOf = (character: string) => character.repeat(20);

test('a held message comes back as it was kept, also to another reader', async (t) => {
  const directory = join(await temporaryDirectory(t), 'state', 'quarantine');
  await (await openQuarantine(directory)).hold(heldMessage(), prefix, content);

  const quarantine = await openQuarantine(directory, { create: false });
  assert.deepEqual(await quarantine.find(id), heldMessage());
  const kept = await quarantine.read(id);
  assert.equal(kept.sizeBytes, wholeMessage.length);
  assert.deepEqual(await buffer(kept.stream()), wholeMessage);
  assert.deepEqual(await kept.prefix(7), wholeMessage.subarray(0, 7));
  assert.deepEqual(await kept.prefix(10_000), wholeMessage);
  assert.deepEqual(await entryFiles(directory), [`${id}.eml`, `${id}.json`]);
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

test('holding the same id twice is one entry, the first', async (t) => {
  const quarantine = await openQuarantine(await temporaryDirectory(t));
  await quarantine.hold(heldMessage(), prefix, content);
  await quarantine.hold(
    heldMessage({ subject: 'other' }),
    prefix,
    memoryContent(Buffer.from('other')),
  );
  assert.equal((await Array.fromAsync(allHeld(quarantine))).length, 1);
  assert.equal((await quarantine.find(id))?.subject, 'hello');
  assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
});

test('a listing is newest first and without lessons', async (t) => {
  const quarantine = await openQuarantine(await temporaryDirectory(t));
  for (const [letter, heldAt] of [
    ['a', '2026-03-05T06:00:00.000Z'],
    ['b', '2026-03-07T06:00:00.000Z'],
    ['c', '2026-03-06T06:00:00Z'],
    ['d', '2026-03-06T06:00:00Z'],
  ] as const) {
    await quarantine.hold(heldMessage({ id: idOf(letter), heldAt }), prefix, content);
  }
  const listed = await Array.fromAsync(allHeld(quarantine));
  assert.deepEqual(
    listed.map((entry) => entry.id[0]),
    ['b', 'd', 'c', 'a'],
  );
  assert.ok(listed.every((entry) => !('lesson' in entry)));
});

test('an update replaces the description and leaves the message', async (t) => {
  const quarantine = await openQuarantine(await temporaryDirectory(t));
  await quarantine.hold(heldMessage(), prefix, content);
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
]) {
  test(`not an id: ${JSON.stringify(bad)}`, async (t) => {
    const directory = await temporaryDirectory(t);
    const quarantine = await openQuarantine(directory);
    const refused = { name: 'QuarantineError', problem: 'invalid-id' };
    await assert.rejects(quarantine.hold(heldMessage({ id: bad }), prefix, content), refused);
    await assert.rejects(quarantine.update(heldMessage({ id: bad })), refused);
    await assert.rejects(quarantine.find(bad), refused);
    await assert.rejects(quarantine.read(bad), refused);
    assert.deepEqual(await entryFiles(directory), []);
  });
}

test('what is not there is missing', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  assert.equal(await quarantine.find(id), null);
  await assert.rejects(quarantine.read(id), { problem: 'missing' });
  await assert.rejects(quarantine.update(heldMessage()), { problem: 'missing' });
  await assert.rejects(openQuarantine(join(directory, 'none'), { create: false }), {
    problem: 'missing',
  });
  assert.deepEqual(await entryFiles(directory), []);
});

test('a description that could not be read back is refused before anything is written', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  await assert.rejects(
    quarantine.hold(heldMessage({ scoreBits: NaN }), prefix, content),
    /scoreBits/,
  );
  assert.deepEqual(await entryFiles(directory), []);
});

test('a description larger than any is refused before anything is written, and an update leaves what is there', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  const reason = 'x'.repeat(4 * 1024 * 1024);
  await assert.rejects(quarantine.hold(heldMessage({ reason }), prefix, content), /larger/);
  assert.deepEqual(await entryFiles(directory), []);
  await quarantine.hold(heldMessage(), prefix, content);
  await assert.rejects(quarantine.update(heldMessage({ reason })), /larger/);
  assert.deepEqual(await quarantine.find(id), heldMessage());
});

test('an encrypted description may be as large as one that is not', async (t) => {
  const quarantine = await openQuarantine(await temporaryDirectory(t), { ring });
  const message = heldMessage({ reason: 'x'.repeat(4 * 1024 * 1024 - 4096) });
  await quarantine.hold(message, prefix, content);
  assert.deepEqual(await quarantine.find(id), message);
});

const damages = [
  {
    name: 'no JSON',
    damage: (path: string) => writeFile(`${path}.json`, '{"id":'),
    problem: /JSON/,
  },
  {
    name: 'another shape',
    damage: (path: string) => writeFile(`${path}.json`, '{"id":7}'),
    problem: /id: /,
  },
  { name: 'empty', damage: (path: string) => writeFile(`${path}.json`, ''), problem: /JSON/ },
  {
    name: 'far too large',
    damage: (path: string) => truncate(`${path}.json`, 5 * 1024 * 1024),
    problem: /larger/,
  },
  {
    name: 'of another message',
    damage: (path: string) =>
      writeFile(`${path}.json`, JSON.stringify(heldMessage({ id: idOf('z') }))),
    problem: /describes/,
  },
  {
    name: 'without its message',
    damage: (path: string) => unlink(`${path}.eml`),
    problem: /ENOENT/,
  },
  {
    name: 'under a name that is no id',
    damage: (path: string) => rename(`${path}.json`, `${path}x.json`),
    problem: /20 characters/,
  },
];

for (const { name, damage, problem } of damages) {
  test(`an unreadable entry is reported and does not hide the others: ${name}`, async (t) => {
    const directory = await temporaryDirectory(t);
    const quarantine = await openQuarantine(directory);
    for (const letter of ['a', 'b', 'c'])
      await quarantine.hold(heldMessage({ id: idOf(letter) }), prefix, content);
    await damage(join(directory, idOf('b')));
    assert.deepEqual(
      (await Array.fromAsync(allHeld(quarantine))).map((entry) => entry.id[0]),
      ['c', 'a'],
    );
    const [unreadable, ...others] = await quarantine.unreadable();
    assert.equal(unreadable?.id[0], 'b');
    assert.match(unreadable.problem, problem);
    assert.deepEqual(others, []);
  });
}

test('a damaged entry is an error to whoever asks for it', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory);
  await quarantine.hold(heldMessage(), prefix, content);
  await writeFile(join(directory, `${id}.json`), '[]');
  await assert.rejects(quarantine.find(id), { problem: 'damaged' });
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
