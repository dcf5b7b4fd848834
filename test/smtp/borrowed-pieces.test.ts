import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LockStepClient } from '../../src/smtp/lock-step-client.ts';
import { spooled } from '../support/spooled.ts';

/** Lines of which no two are alike; a few have a dot to be stuffed, whose piece is copied, most pieces have none. */
function numbered(lines: number): Buffer {
  return Buffer.from(
    Array.from({ length: lines }, (_, n) => `${n % 50_000 === 7 ? '.' : ''}line ${n}\r\n`).join(''),
  );
}

test('pieces of a file are its bytes, in memory that is used again', async () => {
  for (const bytes of [Buffer.alloc(0), numbered(10), numbered(100_000)]) {
    await using spool = await spooled(bytes);
    const copies: Buffer[] = [];
    const memories = new Set<unknown>();
    for await (const piece of spool.content.borrow?.() ?? []) {
      copies.push(Buffer.from(piece));
      memories.add(piece.buffer);
    }
    assert.deepEqual(Buffer.concat(copies), bytes);
    assert.ok(memories.size <= 1);
    const lengths = copies.slice(0, -1).map(({ length }) => length);
    assert.ok(lengths.every((length) => length >= 65_536));
  }
});

/** A client that may send, and a next hop that has not read anything yet. */
async function connected(): Promise<
  AsyncDisposable & { readonly client: LockStepClient; readonly nextHop: Socket }
> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = new LockStepClient(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  const [nextHop] = await accepted;
  const goAhead = client.command('DATA', 5000);
  nextHop.write('354 go on\r\n');
  assert.equal((await goAhead).code, 354);
  return {
    client,
    nextHop,
    async [Symbol.asyncDispose]() {
      client.destroy();
      nextHop.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const sending = {
  ...{ stallMs: 10_000, finalReplyMs: 10_000, finalReplies: 1 },
  mayCommit: () => Promise.resolve(true),
};

test('a next hop that takes its time gets every byte that was in them', async () => {
  await using connection = await connected();
  const message = numbered(1_000_000);
  await using spool = await spooled(message);
  const pieces = spool.content.borrow?.();
  assert.ok(pieces);
  const sent = connection.client.sendMessage(pieces, sending);
  await delay(300); // all buffers between us are full
  const arrived: Buffer[] = [];
  for await (const chunk of connection.nextHop as AsyncIterable<Buffer>) {
    arrived.push(chunk);
    if (chunk.subarray(-5).equals(Buffer.from('\r\n.\r\n'))) break;
  }
  const stuffed = message.toString().replaceAll('\r\n.', '\r\n..');
  assert.ok(Buffer.concat(arrived).equals(Buffer.from(`DATA\r\n${stuffed}.\r\n`)));
  await assert.rejects(sent); // nobody replied to it
});

test('a next hop that refuses in the middle gets nothing that was not stuffed', async () => {
  await using connection = await connected();
  // What stands at the end would be a command, were it read into memory that still waits to be sent.
  const smuggled = 'x\r\n.\r\nMAIL FROM:<smuggled@example.test>\r\n'.repeat(40_000);
  const message = Buffer.concat([
    Buffer.alloc(8_000_000, 'line of text\r\n'),
    Buffer.from(smuggled),
  ]);
  await using spool = await spooled(message);
  const pieces = spool.content.borrow?.();
  assert.ok(pieces);
  const sent = connection.client.sendMessage(pieces, sending);
  await delay(300);
  const arrived: Buffer[] = [];
  connection.nextHop.on('data', (chunk: Buffer) => arrived.push(chunk));
  connection.nextHop.write('554 5.7.1 no\r\n');
  connection.nextHop.resume();
  const closed = once(connection.nextHop, 'close');
  const [answer] = await sent;
  assert.equal(answer?.code, 554);
  await closed;
  const stuffed = message.toString().replaceAll('\r\n.', '\r\n..');
  const got = Buffer.concat(arrived);
  assert.ok(Buffer.from(`DATA\r\n${stuffed}`).subarray(0, got.length).equals(got));
});
