import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { keyRing, readKeyFile } from '../../src/quarantine/key-ring.ts';
import { seal, unseal } from '../../src/quarantine/sealed-bytes.ts';
import { fileSource } from '../../src/quarantine/byte-source.ts';
import { sealedContent } from '../../src/quarantine/sealed-content.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { id } from '../action/samples.ts';
import { content, entryFiles, heldMessage, prefix, ring, wholeMessage } from './samples.ts';

const chunk = 64 * 1024;
const sealedChunk = chunk + 16;
const header = 28;

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-sealed-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function sealed(bytes: Buffer, pieces = [bytes]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(seal(ring, pieces)));
}

test('what is sealed comes back, however it arrives', async (t) => {
  const path = join(await temporaryDirectory(t), 'file');
  const sizes = fc.constantFrom(0, 1, 15, chunk - 1, chunk, chunk + 1, 2 * chunk, 200_000);
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(fc.nat(chunk), { maxLength: 6 }), async (size, cuts) => {
      const bytes = randomBytes(size);
      const ends = [...cuts.filter((cut) => cut < size).sort((a, b) => a - b), size];
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      const file = await sealed(bytes, pieces);
      assert.deepEqual(unseal(file, ring), bytes);
      await writeFile(path, file);
      const read = sealedContent(fileSource(path), file.length, ring);
      assert.equal(read.sizeBytes, size);
      assert.deepEqual(await buffer(read.stream()), bytes);
      for (const limit of [0, 1, chunk, chunk + 1, 1_000_000])
        assert.deepEqual(await read.prefix(limit), bytes.subarray(0, limit));
    }),
    { numRuns: 30 },
  );
});

test('whatever is changed is found', async () => {
  const file = await sealed(randomBytes(3 * chunk));
  const part = (number: number) =>
    file.subarray(header + number * sealedChunk, header + (number + 1) * sealedChunk);
  const others = await sealed(randomBytes(3 * chunk));
  const start = file.subarray(0, header);
  const damages: Readonly<Record<string, Buffer>> = {
    'a chunk is missing': Buffer.concat([start, part(0), part(2)]),
    'the last chunk is missing': Buffer.concat([start, part(0), part(1)]),
    'the end is cut off': file.subarray(0, -1),
    'only the header is left': start,
    'a chunk is there twice': Buffer.concat([start, part(0), part(0), part(1), part(2)]),
    'two chunks changed places': Buffer.concat([start, part(1), part(0), part(2)]),
    'bytes were added': Buffer.concat([file, Buffer.alloc(40)]),
    'a chunk of another file': Buffer.concat([
      file.subarray(0, header + sealedChunk),
      others.subarray(header + sealedChunk),
    ]),
    'the header of another file': Buffer.concat([
      others.subarray(0, header),
      file.subarray(header),
    ]),
    'one bit': flipped(file, header + 100),
    'one bit of the salt': flipped(file, 20),
  };
  for (const [what, bytes] of Object.entries(damages))
    assert.throws(() => unseal(bytes, ring), { problem: 'damaged' }, what);
  assert.throws(() => unseal(file, keyRing([Buffer.alloc(32, 8)])), { problem: 'locked' });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

test('a damaged message fails before its last byte, so that no release ends', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory, { ring });
  await quarantine.hold(heldMessage(), prefix, memoryContent(randomBytes(3 * chunk)));
  const path = join(directory, `${id}.eml`);
  await writeFile(path, flipped(await readFile(path), header + 2 * sealedChunk));
  await assert.rejects(buffer((await quarantine.read(id)).stream()), { problem: 'damaged' });
});

test('nothing of an encrypted message can be read from the disk', async (t) => {
  const directory = await temporaryDirectory(t);
  const quarantine = await openQuarantine(directory, { ring });
  await quarantine.hold(heldMessage(), prefix, content);
  const names = await entryFiles(directory);
  for (const name of names) {
    const bytes = (await readFile(join(directory, name))).toString('latin1');
    for (const secret of ['Subject', 'hello', 'vendor', 'ann@', 'Verdict'])
      assert.ok(!bytes.includes(secret), `${secret} in ${name}`);
  }
  const [shared = ''] = await readdir(join(directory, 'bodies'));
  const body = await buffer(content.stream());
  assert.notEqual(shared, createHash('sha256').update(body).digest('hex'), 'no name to be guessed');
  assert.deepEqual(await quarantine.find(id), heldMessage());
  assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
});

test('a key is replaced while mail is held, and without any key it says so', async (t) => {
  const directory = await temporaryDirectory(t);
  const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(20));
  const rings = [null, keyRing([first]), keyRing([second, first])];
  for (const [index, held] of ids.entries()) {
    const quarantine = await openQuarantine(directory, { ring: rings[index] ?? null });
    await quarantine.hold(heldMessage({ id: held }), prefix, content);
  }
  const quarantine = await openQuarantine(directory, { ring: keyRing([second, first]) });
  for (const held of ids)
    assert.deepEqual(await buffer((await quarantine.read(held)).stream()), wholeMessage);

  const unlocked = await openQuarantine(directory, { ring: keyRing([second]) });
  await assert.rejects(unlocked.find(ids[1] ?? ''), {
    problem: 'locked',
    message: /is encrypted with key [0-9a-f]{16}, which is not in the key file/,
  });
  assert.deepEqual(
    (await unlocked.unreadable()).map((entry) => entry.id),
    [ids[1]],
  );
  const keyless = await openQuarantine(directory);
  await assert.rejects(keyless.find(ids[2] ?? ''), { problem: 'locked', message: /key file/ });
});

test('a message of before, with our header fields in its file, is read under a key as well', async (t) => {
  const directory = await temporaryDirectory(t);
  const later = ['state', 'closedAt', 'expiresAt', 'expiryNoticedAt', 'explanation'];
  const old = Object.fromEntries(
    Object.entries(heldMessage()).filter(([name]) => !later.includes(name)),
  );
  await writeFile(join(directory, `${id}.json`), JSON.stringify(old));
  await writeFile(join(directory, `${id}.eml`), wholeMessage);
  const quarantine = await openQuarantine(directory, { ring });
  const held = await quarantine.find(id);
  assert.deepEqual(
    [held?.state, held?.closedAt, held?.expiresAt, held?.explanation.terms],
    ['held', null, heldMessage().expiresAt, []],
  );
  assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
  await quarantine.delete(id, new Date());
  assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
});

test('a key file holds keys in hexadecimal or base64, the first one in use', async (t) => {
  const path = join(await temporaryDirectory(t), 'keys');
  const [first, second] = [randomBytes(32), randomBytes(32)];
  await writeFile(path, `# new\n${first.toString('base64')}\n\n${second.toString('hex')}\n`);
  const { current, all } = await readKeyFile(path);
  assert.deepEqual([current.key, ...all.map(({ key }) => key)], [first, first, second]);
  for (const bad of ['', 'secret', `${first.toString('hex')}\n${first.toString('hex')}00`]) {
    await writeFile(path, bad);
    await assert.rejects(readKeyFile(path), (error: Error) => {
      assert.match(error.message, /one key a line/);
      assert.ok(bad === '' || !error.message.includes(bad.slice(0, 6)), 'keys are never told');
      return true;
    });
  }
  await assert.rejects(readKeyFile(`${path}-none`), /cannot be read: ENOENT/);
});
