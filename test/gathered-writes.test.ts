import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gatherWrites, writeGathered } from '../src/gathered-writes.ts';

/** A connection, and what it got by each system call. */
function connection(calls: string[], name: string): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      calls.push(`${name}: ${chunk.toString()}`);
      done();
    },
    writev: (chunks, done) => {
      calls.push(`${name}: ${chunks.map(({ chunk }) => String(chunk)).join('')}`);
      done();
    },
  });
}

test('what is written in one turn leaves at its end, to each connection at once', async () => {
  const calls: string[] = [];
  const [client, nextHop] = [connection(calls, 'client'), connection(calls, 'next hop')];
  for (const [stream, text] of [
    [client, '250 a '],
    [nextHop, 'RCPT'],
    [client, '250 b'],
  ] as const) {
    gatherWrites(stream);
    stream.write(text);
  }
  assert.deepEqual(calls, []);
  await nextTurn();
  assert.deepEqual(calls, ['client: 250 a 250 b', 'next hop: RCPT']);
  client.write(' at once');
  assert.equal(calls.length, 3, 'a stream that nobody asked for again waits for nothing');
});

test('before longer work it leaves now, and only once', async () => {
  const calls: string[] = [];
  const client = connection(calls, 'client');
  gatherWrites(client);
  client.write('354');
  writeGathered();
  assert.deepEqual(calls, ['client: 354']);
  gatherWrites(client);
  client.write('250');
  await nextTurn();
  assert.deepEqual(calls, ['client: 354', 'client: 250']);
});

test('what was written before the end of a connection arrives before it', async () => {
  const calls: string[] = [];
  const client = connection(calls, 'client');
  gatherWrites(client);
  client.write('421');
  client.end();
  assert.deepEqual(calls, ['client: 421']);
  await nextTurn();
  assert.equal(client.writableCorked, 0);
});

test('a connection that was lost meanwhile harms nobody', async () => {
  const calls: string[] = [];
  const [lost, client] = [connection(calls, 'lost'), connection(calls, 'client')];
  for (const stream of [lost, client]) {
    gatherWrites(stream);
    stream.write('250');
  }
  lost.destroy();
  await nextTurn();
  assert.deepEqual(calls, ['client: 250']);
});
