import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { receiveContent, type ReceivedContent } from '../../src/smtp/received-content.ts';
import { Spool, SpoolFull } from '../../src/smtp/spool.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'aliaswatch-spool-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function received(pieces: readonly Buffer[], spool: Spool): Promise<ReceivedContent> {
  const reception = await receiveContent(Readable.from(pieces, { objectMode: false }), spool);
  assert.equal(reception.kind, 'received');
  return reception.content;
}

test('what is read is what was received, on both sides of the threshold', async () => {
  await using directory = await temporary();
  const spool = await Spool.open({ directory: directory.path, memoryBytes: 100, maxBytes: 1e9 });
  const pieces = fc.array(fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)));
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(300), async (chunks, limit) => {
      const whole = Buffer.concat(chunks);
      await using content = await received(
        chunks.filter(({ length }) => length > 0),
        spool,
      );
      assert.equal(spool.usedBytes, whole.length > 100 ? whole.length : 0);
      assert.equal(content.sizeBytes, whole.length);
      assert.deepEqual(await content.prefix(limit), whole.subarray(0, limit));
      const both = await Promise.all([buffer(content.stream()), buffer(content.stream())]);
      assert.deepEqual(both, [whole, whole]);
    }),
  );
  assert.equal(spool.usedBytes, 0);
});

test('a file has no name once it is open, and a stream left half read holds up nothing', async () => {
  await using directory = await temporary();
  const spool = await Spool.open({ directory: directory.path, memoryBytes: 0, maxBytes: 1e9 });
  const content = await received([Buffer.alloc(500_000, 'x')], spool);
  assert.deepEqual(await readdir(directory.path), []);
  const [first] = (await content.stream().take(1).toArray()) as [Buffer];
  assert.equal(first.length, 65_536);
  const left = content.stream();
  left.on('error', () => undefined);
  await content[Symbol.asyncDispose]();
  left.destroy();
  await assert.rejects(content.prefix(1));
});

test('starting sweeps what a killed process left, and nothing else', async () => {
  await using directory = await temporary();
  await writeFile(join(directory.path, `${'0'.repeat(32)}.spool`), 'left');
  await writeFile(join(directory.path, 'notes.txt'), 'mine');
  await Spool.open({ directory: directory.path, memoryBytes: 0, maxBytes: 1 });
  assert.deepEqual(await readdir(directory.path), ['notes.txt']);
});

test('the directory is made for us alone; one that cannot be used is said at the start', async () => {
  await using directory = await temporary();
  const path = join(directory.path, 'state', 'spool');
  await Spool.open({ directory: path, memoryBytes: 0, maxBytes: 1 });
  assert.equal((await stat(path)).mode & 0o777, 0o700);
  await writeFile(join(directory.path, 'file'), '');
  await assert.rejects(
    Spool.open({ directory: join(directory.path, 'file'), memoryBytes: 0, maxBytes: 1 }),
    /^Error: cannot keep messages in .*make it writable/,
  );
});

test('the bound is on all messages together; room comes back when one is done', async () => {
  await using directory = await temporary();
  const spool = await Spool.open({ directory: directory.path, memoryBytes: 10, maxBytes: 100 });
  const small = Buffer.alloc(10);
  const large = Buffer.alloc(60);
  {
    await using kept = await received([large], spool);
    assert.equal(kept.sizeBytes, 60);
    const source = Readable.from([large, large], { objectMode: false });
    const reception = await receiveContent(source, spool);
    assert.ok(reception.kind === 'not-kept' && reception.cause instanceof SpoolFull);
    assert.ok(source.readableEnded, 'the message was drained');
    assert.equal(spool.usedBytes, 60);
    assert.equal((await received([small], spool)).sizeBytes, 10);
    assert.deepEqual(
      [0, 10, 40, 41].map((size) => spool.hasRoomFor(size)),
      [true, true, true, false],
    );
  }
  await using again = await received([large], spool);
  assert.equal(again.sizeBytes, 60);
});

test('a client that goes away leaves nothing', async () => {
  await using directory = await temporary();
  const spool = await Spool.open({ directory: directory.path, memoryBytes: 0, maxBytes: 100 });
  // eslint-disable-next-line @typescript-eslint/require-await -- a stream that fails is an async generator
  async function* cut(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(50);
    throw new Error('gone');
  }
  assert.deepEqual(await receiveContent(Readable.from(cut()), spool), { kind: 'interrupted' });
  assert.equal(spool.usedBytes, 0);
});

const body = `Subject: large\r\n\r\n${'x'.repeat(998)}\r\n`.padEnd(800_000, '.line\r\n');

async function send(client: SmtpDialogue, wire: string, code: number): Promise<string[]> {
  await client.command('MAIL FROM:<a@s.test>', 250);
  await client.command('RCPT TO:<b@e.test>', 250);
  return client.data(wire.replaceAll('\r\n.', '\r\n..'), code);
}

describe('front hop', () => {
  test('a message on disk arrives byte for byte, and the next one, too', async () => {
    await using recorder = await SmtpRecorder.start();
    await using directory = await temporary();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      spool: { directory: directory.path, memoryBytes: 1000, maxBytes: 1e8 },
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    const message = `${body.slice(0, body.lastIndexOf('\r\n'))}\r\n`;
    for (let nth = 0; nth < 2; nth++) await send(client, message, 250);
    const expected = Buffer.concat([testPrefix, Buffer.from(message)]);
    assert.deepEqual(
      recorder.messages.map((arrived) => arrived.equals(expected)),
      [true, true],
    );
    assert.deepEqual(await readdir(directory.path), []);
  });

  test('full: 452 at the end of DATA, 452 at MAIL for a declared size, small mail goes on', async () => {
    await using recorder = await SmtpRecorder.start();
    await using directory = await temporary();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      spool: { directory: directory.path, memoryBytes: 1000, maxBytes: 10_000 },
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    const message = `Subject: x\r\n\r\n${'y'.repeat(20_000)}\r\n`;
    const [late] = await send(client, message, 452);
    assert.equal(late, '452 4.3.1 Insufficient storage, try again later');
    const [early] = await client.command('MAIL FROM:<a@s.test> SIZE=20000', 452);
    assert.equal(early, late);
    await send(client, 'Subject: small\r\n\r\nx\r\n', 250);
    assert.deepEqual(frontHop.refusals, ['spool-full', 'spool-full']);
    assert.equal(recorder.messages.length, 1);
  });

  const skip = process.getuid?.() === 0 ? false : 'needs root, to mount a small tmpfs';
  test('disk full: 452 4.3.1, the message drained, nothing at the next hop', { skip }, async () => {
    await using recorder = await SmtpRecorder.start();
    await using directory = await temporary();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', directory.path]);
    try {
      await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
        spool: { directory: directory.path, memoryBytes: 1000, maxBytes: 1e8 },
      });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      const message = `Subject: x\r\n\r\n${'y'.repeat(400_000)}\r\n`;
      const [answer] = await send(client, message, 452);
      assert.equal(answer, '452 4.3.1 Insufficient storage, try again later');
      assert.deepEqual(
        frontHop.errors.map((error) => (error as NodeJS.ErrnoException).code),
        ['ENOSPC'],
      );
      assert.deepEqual(frontHop.refusals, ['spool-failed']);
      assert.deepEqual(recorder.messages, []);
      // The room is free again.
      await send(client, `Subject: x\r\n\r\n${'y'.repeat(50_000)}\r\n`, 250);
    } finally {
      execFileSync('umount', [directory.path]);
    }
  });
});
