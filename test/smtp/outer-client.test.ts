import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAddressRange, listAddresses } from '../../src/smtp/address-ranges.ts';
import { outerClient } from '../../src/smtp/outer-client.ts';
import type { Connection } from '../../src/smtp/transaction.ts';

const relay: Connection = {
  clientAddress: '10.0.0.1',
  clientPort: 25,
  clientHostname: 'gateway.test',
  helo: 'gateway.test',
  protocol: 'ESMTP',
};
const isTrusted = listAddresses(['10.0.0.0/8', 'fd00::/8']);

describe('the client before our own relays', () => {
  const cases: readonly {
    name: string;
    fields: readonly string[];
    is: readonly [address: string, hostname: string | null, helo: string];
    peer?: string;
  }[] = [
    {
      name: 'Postfix',
      fields: ['from mx.s.test (mx.s.test [192.0.2.7]) by gateway.test (Postfix) with ESMTP id 1'],
      is: ['192.0.2.7', 'mx.s.test', 'mx.s.test'],
    },
    {
      name: 'Postfix, no name',
      fields: ['from liar (unknown [192.0.2.7]) by g'],
      is: ['192.0.2.7', null, 'liar'],
    },
    {
      name: 'Postfix, a HELO that names another address',
      fields: ['from [198.51.100.1] (unknown [192.0.2.7]) by g'],
      is: ['192.0.2.7', null, '[198.51.100.1]'],
    },
    {
      name: 'IPv6',
      fields: ['from mx (mx.s.test [IPv6:2001:db8::7])\tby g'],
      is: ['2001:db8::7', 'mx.s.test', 'mx'],
    },
    {
      name: 'Sendmail, with ident and a doubt',
      fields: ['from mx (IDENT:[198.51.100.1]@mx.s.test [192.0.2.7] (may be forged)) by g'],
      is: ['192.0.2.7', null, 'mx'],
    },
    {
      name: 'Exim, with a name',
      fields: ['from mx.s.test ([192.0.2.7] helo=[198.51.100.1]) by g with esmtp'],
      is: ['192.0.2.7', 'mx.s.test', '[198.51.100.1]'],
    },
    {
      name: 'Exim, without a name',
      fields: ['from [192.0.2.7] (helo=[198.51.100.1]) by g with esmtp'],
      is: ['192.0.2.7', null, '[198.51.100.1]'],
    },
    {
      name: 'Exchange',
      fields: ['from mx.s.test (192.0.2.7) by g.test (10.0.0.1) with Microsoft SMTP Server'],
      is: ['192.0.2.7', null, 'mx.s.test'],
    },
    {
      name: 'through two relays and a hand-over inside one',
      fields: [
        'from inner (inner.test [10.0.0.2]) by gateway.test',
        'by inner.test (Postfix, from userid 1) id 2',
        'from mx (mx.s.test [192.0.2.7]) by inner.test',
        'from forged (forged.test [203.0.113.9]) by mx.s.test',
      ],
      is: ['192.0.2.7', 'mx.s.test', 'mx'],
    },
    {
      name: 'began inside',
      fields: ['from desk (desk [10.0.0.9]) by gateway.test'],
      is: ['10.0.0.1', 'gateway.test', 'gateway.test'],
    },
    { name: 'no Received field', fields: [], is: ['10.0.0.1', 'gateway.test', 'gateway.test'] },
    {
      name: 'the peer is not ours: its fields are not read',
      peer: '192.0.2.50',
      fields: ['from x (x [192.0.2.7]) by g'],
      is: ['192.0.2.50', 'gateway.test', 'gateway.test'],
    },
    ...[
      'from x by g',
      'from x (no address) by g',
      'from x([192.0.2.7]) by g',
      'from x (y [999.0.2.7]) by g',
      'from x (y [192.0.2.7] by g',
      'from (x [192.0.2.7]) by g',
      'from a(b (y [192.0.2.7]) by g',
      'from x (((y [192.0.2.7]))) by g',
      `from ${'x'.repeat(3000)} (y [192.0.2.7]) by g`,
    ].map((field) => ({
      name: `unreadable: ${field.slice(0, 40)}`,
      fields: [field, 'from forged (mx [192.0.2.7]) by g'],
      is: ['', null, ''] as const,
    })),
    {
      name: 'more relays than anybody has',
      fields: Array.from({ length: 21 }, () => 'from x (x [10.0.0.2]) by g'),
      is: ['', null, ''],
    },
  ];
  for (const { name, fields, is, peer = relay.clientAddress } of cases) {
    test(name, () => {
      const connection = { ...relay, clientAddress: peer };
      const outer = outerClient(connection, fields, isTrusted);
      assert.deepEqual([outer.clientAddress, outer.clientHostname, outer.helo], is);
      assert.deepEqual(outer.relay, outer === connection ? undefined : connection);
    });
  }

  test('hostile fields take no time and never make us trust the relay instead', () => {
    const piece = fc.constantFrom(
      'from ',
      '(',
      ')',
      '[',
      ']',
      'helo=',
      '192.0.2.7',
      ' ',
      'x',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
        const outer = outerClient(relay, [`from ${pieces.join('')}`], isTrusted);
        assert.ok(['', '192.0.2.7'].includes(outer.clientAddress));
      }),
    );
    const started = performance.now();
    for (const part of ['(', '((', '()', ' helo=', '[1', 'a '])
      outerClient(relay, [`from x (${part.repeat(10_000)}`], isTrusted);
    assert.ok(performance.now() - started < 200);
  });
});

describe('address ranges', () => {
  const cases: readonly { range: string; address: string; is: boolean }[] = [
    { range: '192.0.2.0/24', address: '192.0.2.255', is: true },
    { range: '192.0.2.0/24', address: '::ffff:192.0.2.9', is: true },
    { range: '192.0.2.0/24', address: '192.0.3.0', is: false },
    { range: '192.0.2.7', address: '192.0.2.7', is: true },
    { range: '192.0.2.7', address: '192.0.2.8', is: false },
    { range: '2001:db8::/32', address: '2001:db8:1::1', is: true },
    { range: '2001:db8::/32', address: '2001:db9::1', is: false },
    { range: '0.0.0.0/0', address: '', is: false },
    { range: '0.0.0.0/0', address: '::1', is: false },
  ];
  for (const { range, address, is } of cases)
    test(`${address || 'nothing'} in ${range}`, () =>
      assert.equal(listAddresses([range])(address), is));
  for (const text of [
    '',
    'x',
    '1.2.3',
    '1.2.3.4/33',
    '::1/129',
    '1.2.3.4/',
    '1.2.3.4/1/2',
    'fe80::1%x',
  ])
    test(`no range: ${text || 'nothing'}`, () => assert.equal(isAddressRange(text), false));
});
