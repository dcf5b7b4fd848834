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

test('a next hop that takes its time gets every byte that was in them', async () => {
  await using server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = new LockStepClient(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  const [socket] = await accepted;
  const message = numbered(1_000_000);
  await using spool = await spooled(message);
  const pieces = spool.content.borrow?.();
  assert.ok(pieces);
  const sent = client.sendMessage(pieces, {
    ...{ stallMs: 10_000, finalReplyMs: 10_000, finalReplies: 1 },
    mayCommit: () => Promise.resolve(true),
  });
  await delay(300); // all buffers between us are full
  const arrived: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    arrived.push(chunk);
    if (chunk.subarray(-5).equals(Buffer.from('\r\n.\r\n'))) break;
  }
  const stuffed = message.toString().replaceAll('\r\n.', '\r\n..');
  assert.ok(Buffer.concat(arrived).equals(Buffer.from(`${stuffed}.\r\n`)));
  await assert.rejects(sent); // nobody replied to it
});
