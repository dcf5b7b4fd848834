import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readProxyHeader, writeProxyHeader, type Endpoint } from '../../src/smtp/proxy-protocol.ts';

const signature = '0d0a0d0a000d0a515549540a';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const line = (text: string): Buffer => Buffer.from(text, 'latin1');
const ipv4: Endpoint = { address: '192.0.2.7', port: 4321 };
const ipv6: Endpoint = { address: '2001:db8::7', port: 4321 };
const addresses4 = 'c0000207 c0000201 10e1 0019';

describe('a PROXY header that is read', () => {
  const cases: readonly { name: string; bytes: Buffer; client: Endpoint | null }[] = [
    { name: 'v1 TCP4', bytes: line('PROXY TCP4 192.0.2.7 192.0.2.1 4321 25\r\n'), client: ipv4 },
    { name: 'v1 TCP6', bytes: line('PROXY TCP6 2001:db8::7 ::1 4321 25\r\n'), client: ipv6 },
    { name: 'v1 UNKNOWN', bytes: line('PROXY UNKNOWN\r\n'), client: null },
    { name: 'v1 UNKNOWN, rest ignored', bytes: line('PROXY UNKNOWN x y z\r\n'), client: null },
    { name: 'v2 IPv4', bytes: hex(`${signature} 21 11 000c ${addresses4}`), client: ipv4 },
    {
      name: 'v2 IPv4 with two TLVs',
      bytes: hex(`${signature} 21 11 0014 ${addresses4} 04 0000 01 0002 6832`),
      client: ipv4,
    },
    {
      name: 'v2 IPv6',
      bytes: hex(
        `${signature} 21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001 10e1 0019`,
      ),
      client: ipv6,
    },
    {
      name: 'v2 IPv4 inside IPv6',
      bytes: hex(
        `${signature} 21 21 0024 00000000000000000000ffffc0000207 00000000000000000000000000000001 10e1 0019`,
      ),
      client: ipv4,
    },
    { name: 'v2 LOCAL', bytes: hex(`${signature} 20 00 0000`), client: null },
    {
      name: 'v2 LOCAL with what is to skip',
      bytes: hex(`${signature} 20 11 0002 ffff`),
      client: null,
    },
    { name: 'v2 UNSPEC', bytes: hex(`${signature} 21 00 0001 ff`), client: null },
    {
      name: 'v2 Unix socket',
      bytes: Buffer.concat([hex(`${signature} 21 31 00d8`), Buffer.alloc(216)]),
      client: null,
    },
  ];
  for (const { name, bytes, client } of cases) {
    test(name, () => {
      const expected = { kind: 'header', sizeBytes: bytes.length, client };
      assert.deepEqual(readProxyHeader(bytes), expected);
      assert.deepEqual(readProxyHeader(Buffer.concat([bytes, line('EHLO x\r\n')])), expected);
      for (let length = 0; length < bytes.length; length++)
        assert.deepEqual(readProxyHeader(bytes.subarray(0, length)), { kind: 'incomplete' });
    });
  }
});

describe('no PROXY header', () => {
  const cases: readonly { name: string; bytes: Buffer }[] = [
    { name: 'SMTP', bytes: line('EHLO client.test\r\n') },
    { name: 'lower case', bytes: line('proxy TCP4 192.0.2.7 192.0.2.1 1 2\r\n') },
    { name: 'v1 another family', bytes: line('PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n') },
    { name: 'v1 IPv6 as TCP4', bytes: line('PROXY TCP4 ::1 ::1 1 2\r\n') },
    { name: 'v1 IPv6 with a zone', bytes: line('PROXY TCP6 fe80::1%x ::1 1 2 3\r\n') },
    { name: 'v1 two spaces', bytes: line('PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n') },
    { name: 'v1 a port too large', bytes: line('PROXY TCP4 192.0.2.7 192.0.2.1 65536 2\r\n') },
    {
      name: 'v1 a port with a zero in front',
      bytes: line('PROXY TCP4 192.0.2.7 192.0.2.1 01 2\r\n'),
    },
    { name: 'v1 a word too many', bytes: line('PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n') },
    { name: 'v1 without an end', bytes: line(`PROXY UNKNOWN ${'x'.repeat(100)}`) },
    { name: 'v1 with a bare LF', bytes: line(`PROXY UNKNOWN\n${'x'.repeat(100)}`) },
    { name: 'v2 version 1', bytes: hex(`${signature} 11 11 000c ${addresses4}`) },
    { name: 'v2 another command', bytes: hex(`${signature} 22 11 000c ${addresses4}`) },
    { name: 'v2 UDP', bytes: hex(`${signature} 21 12 000c ${addresses4}`) },
    { name: 'v2 addresses cut off', bytes: hex(`${signature} 21 11 0008 c0000207c0000201`) },
    {
      name: 'v2 a TLV longer than the header',
      bytes: hex(`${signature} 21 11 000f ${addresses4} 04 0001`),
    },
    { name: 'v2 half a TLV', bytes: hex(`${signature} 21 11 000d ${addresses4} 04`) },
    { name: 'v2 too long, known before it is there', bytes: hex(`${signature} 21 11 1001`) },
  ];
  for (const { name, bytes } of cases)
    test(name, () => assert.equal(readProxyHeader(bytes).kind, 'invalid'));
});

describe('a PROXY header that is written', () => {
  const server = { address: '127.0.0.1', port: 25 };
  const cases: readonly { client: Endpoint | null; v1: string; v2: string }[] = [
    {
      client: ipv4,
      v1: 'PROXY TCP4 192.0.2.7 127.0.0.1 4321 25\r\n',
      v2: `${signature}2111000cc00002077f00000110e10019`,
    },
    {
      client: ipv6,
      v1: 'PROXY TCP6 2001:db8::7 :: 4321 25\r\n',
      v2: `${signature}2121002420010db8000000000000000000000007${'0'.repeat(32)}10e10019`,
    },
    { client: null, v1: 'PROXY UNKNOWN\r\n', v2: `${signature}20000000` },
    { client: { address: '', port: 0 }, v1: 'PROXY UNKNOWN\r\n', v2: `${signature}20000000` },
  ];
  for (const { client, v1, v2 } of cases) {
    test(client?.address ?? 'ourselves', () => {
      assert.equal(writeProxyHeader('proxy-v1', client, server).toString(), v1);
      assert.equal(writeProxyHeader('proxy-v2', client, server).toString('hex'), v2);
    });
  }
});

describe('any bytes', () => {
  test('what is written is read again', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const version = fc.constantFrom('proxy-v1' as const, 'proxy-v2' as const);
    fc.assert(
      fc.property(version, address, port, fc.ipV4(), (chosen, client, clientPort, server) => {
        const written = writeProxyHeader(
          chosen,
          { address: client, port: clientPort },
          { address: server, port: 25 },
        );
        const read = readProxyHeader(written);
        assert.ok(read.kind === 'header' && read.client !== null);
        assert.equal(read.client.port, clientPort);
        const again = writeProxyHeader(chosen, read.client, { address: server, port: 25 });
        assert.deepEqual(readProxyHeader(again), { ...read, sizeBytes: again.length });
      }),
    );
  });
  test('never throw, and never ask for more than 4,112 bytes', () => {
    const starts = fc.constantFrom(
      '',
      signature,
      `${signature}21`,
      `${signature}2111`,
      line('PROXY ').toString('hex'),
    );
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 5000 }), (start, rest) => {
        const bytes = Buffer.concat([hex(start), rest]);
        const read = readProxyHeader(bytes);
        if (read.kind === 'header') assert.ok(read.sizeBytes <= bytes.length);
        if (read.kind === 'incomplete') assert.ok(bytes.length < 4112);
      }),
      { numRuns: 2000 },
    );
  });
});
