import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { allHeld } from '../../src/quarantine/all-held.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { id } from '../action/samples.ts';
import { content, entryFiles, heldMessage, prefix, wholeMessage } from './samples.ts';
import { scriptedDisk } from './scripted-disk.ts';

const run = promisify(execFile);

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-durability-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

/** What `hold` asks of the disk: each name is durable before the next one is written. */
const holdSteps = [
  ...['open eml', 'write eml', 'sync eml', 'touch body', 'rename eml', 'link body'],
  ...['open directory', 'sync directory'],
  ...['open json', 'write json', 'sync json', 'rename json', 'open directory', 'sync directory'],
];

/** Sharing bytes with other messages may fail: then they are there twice. */
const mayFail = new Set(['touch body', 'link body']);

test('hold syncs file, name and directory of the message before those of the description', async (t) => {
  const steps: string[] = [];
  const disk = scriptedDisk((step) => steps.push(step));
  const quarantine = await openQuarantine(await temporaryDirectory(t), { disk });
  await quarantine.hold(heldMessage(), prefix, content);
  assert.deepEqual(steps, holdSteps);
});

test('a new directory is made durable up to the first one that was there', async (t) => {
  const steps: string[] = [];
  const disk = scriptedDisk((step) => steps.push(step));
  await openQuarantine(join(await temporaryDirectory(t), 'a', 'b'), { disk });
  assert.deepEqual(
    steps.filter((step) => step.startsWith('sync')),
    ['sync directory', 'sync directory'],
  );
});

for (const [call, step] of [...holdSteps, 'the acknowledgement'].entries()) {
  test(`killed before call ${call}, ${step}: a whole entry or none, and none is acknowledged early`, async (t) => {
    const directory = await temporaryDirectory(t);
    const child = run(process.execPath, [
      join(import.meta.dirname, 'hold-and-die.ts'),
      directory,
      String(call),
    ]);
    const died = await child.catch((error: unknown) => error as { signal: string; stdout: string });
    assert.equal('signal' in died && died.signal, 'SIGKILL');

    const quarantine = await openQuarantine(directory);
    const isListed = (await Array.fromAsync(allHeld(quarantine))).length === 1;
    assert.equal(isListed, call > holdSteps.indexOf('rename json'));
    if (died.stdout === 'held\n') assert.ok(isListed);
    assert.deepEqual(await quarantine.unreadable(), []);

    // The client, which got no reply, sends it again.
    await quarantine.hold(heldMessage(), prefix, content);
    assert.deepEqual(await quarantine.find(id), heldMessage());
    assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
  });
}

const problems = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EROFS: 'denied',
  EIO: 'failed',
};

for (const [code, problem] of Object.entries(problems)) {
  for (const [call, step] of holdSteps.entries()) {
    if (mayFail.has(step)) continue;
    test(`${code} at call ${call}, ${step}: refused as ${problem}, nothing half-written`, async (t) => {
      const directory = await temporaryDirectory(t);
      let calls = 0;
      const disk = scriptedDisk(() => {
        if (calls++ === call) throw Object.assign(new Error(code), { code });
      });
      const quarantine = await openQuarantine(directory, { disk });
      await assert.rejects(quarantine.hold(heldMessage(), prefix, content), {
        name: 'QuarantineError',
        problem,
      });
      assert.deepEqual(await quarantine.unreadable(), []);
      const isNamed = call > holdSteps.indexOf('rename json');
      const isOrphaned = !isNamed && step.endsWith('directory'); // the first directory sync: swept at a later start
      assert.equal((await entryFiles(directory)).length, isNamed ? 2 : isOrphaned ? 1 : 0);
    });
  }
}

test('bytes are kept where they cannot be shared', async (t) => {
  const directory = await temporaryDirectory(t);
  const disk = scriptedDisk((step) => {
    if (mayFail.has(step)) throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  });
  const quarantine = await openQuarantine(directory, { disk });
  await quarantine.hold(heldMessage(), prefix, content);
  assert.deepEqual(await readdir(join(directory, 'bodies')), []);
  assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
});

test('a message that cannot be read to its end is refused', async (t) => {
  const directory = await temporaryDirectory(t);
  const broken = {
    ...memoryContent(Buffer.alloc(10)),
    stream: () => new Readable({ read: () => undefined }).destroy(new Error('spool lost')),
  };
  const quarantine = await openQuarantine(directory);
  await assert.rejects(quarantine.hold(heldMessage(), prefix, broken), {
    problem: 'failed',
    message: /spool lost/,
  });
  assert.deepEqual(await entryFiles(directory), []);
});

test('on a disk that is really full nothing is promised and nothing is left behind', async (t) => {
  const directory = join(await temporaryDirectory(t), 'small');
  await mkdir(directory);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  if (!mounted) {
    t.skip('mounting a small tmpfs needs root');
    return;
  }
  try {
    await fillUp(directory);
  } finally {
    await run('umount', [directory]);
  }
});

async function fillUp(directory: string): Promise<void> {
  const quarantine = await openQuarantine(directory);
  const held: string[] = [];
  const refusals: unknown[] = [];
  for (let n = 0; n < 40; n++) {
    const nth = String(n).padStart(20, '0');
    const size = n === 0 ? 1024 * 1024 : 12_000;
    await quarantine.hold(heldMessage({ id: nth }), prefix, memoryContent(randomBytes(size))).then(
      () => held.push(nth),
      (error: unknown) => refusals.push(error),
    );
  }
  assert.ok(
    held.length > 5 && refusals.length > 5,
    `${held.length} held, ${refusals.length} refused`,
  );
  for (const refusal of refusals) assert.equal((refusal as { problem: string }).problem, 'full');
  assert.deepEqual(
    (await Array.fromAsync(allHeld(quarantine))).map((entry) => entry.id).sort(),
    held,
  );
  assert.deepEqual(await quarantine.unreadable(), []);
  assert.equal((await entryFiles(directory)).length, 2 * held.length);
}
