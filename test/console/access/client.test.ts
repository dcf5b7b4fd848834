import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { introduceClients, type ClientOptions } from '../../../src/console/access/client.ts';

/** As much of a request as tells who sends it: from addresses that no test can connect from. */
function from(remoteAddress: string, fields: Readonly<Record<string, string>>): IncomingMessage {
  const headers = { host: 'localhost', ...fields };
  const headersDistinct = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  return {
    socket: { remoteAddress },
    headers,
    headersDistinct,
    httpVersion: '1.1',
  } as unknown as IncomingMessage;
}

const plain: ClientOptions = { trustedProxies: [], hosts: ['console.test'], isTls: false };
const proxied: ClientOptions = { ...plain, trustedProxies: ['10.0.0.0/8', 'fd00::/8'] };

const local = [
  { peer: '127.0.0.1', is: true },
  { peer: '127.8.9.10', is: true },
  { peer: '::1', is: true },
  { peer: '::ffff:127.0.0.1', is: true },
  { peer: '192.0.2.1', is: false },
  { peer: '::ffff:192.0.2.1', is: false },
  { peer: 'fe80::1%eth0', is: false },
  { peer: '', is: false },
];

for (const { peer, is } of local)
  test(`${peer || 'nobody'} that calls us localhost is ${is ? '' : 'not '}on this machine`, () => {
    assert.equal(introduceClients(plain)(from(peer, {}))?.isLocal, is);
  });

const hops = [
  { peer: '10.0.0.1', list: '192.0.2.1', address: '192.0.2.1' },
  { peer: '10.0.0.1', list: '203.0.113.5, 192.0.2.1, 10.0.0.7', address: '192.0.2.1' },
  { peer: '10.0.0.1', list: 'unknown, 10.0.0.7', address: '10.0.0.1' },
  { peer: '10.0.0.1', list: '', address: '10.0.0.1' },
  { peer: '10.0.0.1', list: '203.0.113.5, unknown', address: '10.0.0.1' },
  { peer: '10.0.0.1', list: '203.0.113.5, 192.0.2.1:4711', address: '192.0.2.1' },
  { peer: '::ffff:10.0.0.1', list: '[2001:db8::1]:4711, fd00::7', address: '2001:db8::1' },
  { peer: 'fd00::1', list: '2001:db8::1', address: '2001:db8::1' },
  { peer: '192.0.2.9', list: '203.0.113.5', address: '192.0.2.9' },
];

for (const { peer, list, address } of hops)
  test(`${peer} that forwards for "${list}" is ${address}`, () => {
    const client = introduceClients(proxied)(from(peer, { 'x-forwarded-for': list }));
    assert.equal(client?.address, address);
  });

test('only a trusted proxy says by what name and how we were called', () => {
  const fields = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'console.test' };
  const trusted = introduceClients(proxied)(from('10.0.0.1', fields));
  assert.deepEqual([trusted?.origin, trusted?.isHttps], ['https://console.test', true]);
  const other = introduceClients(proxied)(from('192.0.2.9', fields));
  assert.deepEqual([other?.origin, other?.isHttps], ['http://localhost', false]);
});
