import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { decode, encode, streamEncode, type OptAnswer, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import type { Zone } from '../../src/commands/demo/zone.ts';

const zone: Zone = {
  'vendor.example': { TXT: ['short', 'x'.repeat(600)], A: ['192.0.2.1'] },
  'loop.vendor.example': { CNAME: ['loop.vendor.example'] },
  'deep.below.vendor.example': { A: ['192.0.2.2'] },
};
const listen = { host: '127.0.0.1', port: 0 };

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

function question(name: string, edns = false): Packet {
  const size = { udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false };
  const opt: OptAnswer = { type: 'OPT', name: '.', options: [], ...size };
  return {
    type: 'query',
    id: 7,
    questions: [{ name, type: 'TXT' }],
    additionals: edns ? [opt] : [],
  };
}

async function overUdp(address: string, query: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4');
  try {
    socket.send(query, portOf(address), '127.0.0.1');
    const [response] = (await once(socket, 'message')) as [Buffer];
    return response;
  } finally {
    socket.close();
  }
}

const codes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN'];

describe('zone server', () => {
  const cases: readonly { name: string; rcode: string; answers: number }[] = [
    { name: 'deep.below.vendor.example', rcode: 'NOERROR', answers: 0 },
    { name: 'below.vendor.example', rcode: 'NOERROR', answers: 0 },
    { name: 'other.example', rcode: 'NXDOMAIN', answers: 0 },
    { name: 'constructor', rcode: 'NXDOMAIN', answers: 0 },
    { name: '__proto__', rcode: 'NXDOMAIN', answers: 0 },
    { name: 'loop.vendor.example', rcode: 'NOERROR', answers: 9 },
  ];
  for (const { name, rcode, answers } of cases) {
    test(`${name}: ${rcode}`, async () => {
      await using server = await startZoneServer(zone, listen);
      const response = decode(await overUdp(server.address, encode(question(name))));
      assert.deepEqual(
        [response.id, codes[(response.flags ?? 0) & 15], response.answers?.length],
        [7, rcode, answers],
      );
    });
  }

  test('a long answer is truncated, and whole with EDNS or over TCP', async () => {
    await using server = await startZoneServer(zone, listen);
    const plain = decode(await overUdp(server.address, encode(question('vendor.example'))));
    assert.deepEqual([plain.flag_tc, plain.answers?.length], [true, 0]);
    const edns = decode(await overUdp(server.address, encode(question('vendor.example', true))));
    assert.deepEqual([edns.flag_tc, edns.answers?.length], [false, 2]);
    const socket = connect(portOf(server.address), '127.0.0.1');
    const query = streamEncode(question('vendor.example'));
    for (const byte of Buffer.concat([query, query])) socket.write(Buffer.from([byte]));
    let received = Buffer.alloc(0);
    while (received.length < 2 || received.length < 2 * (2 + received.readUInt16BE(0))) {
      received = Buffer.concat([received, ...((await once(socket, 'data')) as [Buffer])]);
    }
    socket.destroy();
    assert.equal(decode(received.subarray(2)).answers?.length, 2);
  });

  test('answers on after any bytes', async () => {
    await using server = await startZoneServer(zone, listen);
    const socket = createSocket('udp4');
    const send = (bytes: Uint8Array) =>
      new Promise<void>((resolve) =>
        socket.send(bytes, portOf(server.address), '127.0.0.1', () => resolve()),
      );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => send(bytes)),
      { numRuns: 200 },
    );
    socket.close();
    const response = decode(
      await overUdp(server.address, encode(question('vendor.example', true))),
    );
    assert.equal(response.answers?.length, 2);
  });

  test('a port in use is an error', async () => {
    await using server = await startZoneServer(zone, listen);
    await assert.rejects(startZoneServer(zone, { ...listen, port: portOf(server.address) }), {
      code: 'EADDRINUSE',
    });
  });

  test('closes with a client still connected', async () => {
    const server = await startZoneServer(zone, listen);
    const socket = connect(portOf(server.address), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    await server[Symbol.asyncDispose]();
    await closed;
  });
});
