import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confirmedHostname } from '../../src/smtp/confirmed-hostname.ts';
import { parsePathCommand, renderPathCommand } from '../../src/smtp/path-command.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import type { Connection } from '../../src/smtp/transaction.ts';
import { xclientCommands } from '../../src/smtp/xclient.ts';
import { emptyResolver } from '../support/smtp-front-hop.ts';

describe('path commands', () => {
  const taken: readonly { line: string; path: string; address: string; parameters: string }[] = [
    { line: 'MAIL FROM:<>', path: '<>', address: '', parameters: '' },
    {
      line: 'mail from: <a@b>  SIZE=1\t RET=FULL ',
      path: '<a@b>',
      address: 'a@b',
      parameters: 'SIZE=1\t RET=FULL',
    },
    { line: 'MAIL FROM:<@x,@y:a@b>', path: '<@x,@y:a@b>', address: 'a@b', parameters: '' },
    {
      line: 'MAIL FROM:<"a> SIZE=9 <"@b> SIZE=1',
      path: '<"a> SIZE=9 <"@b>',
      address: '"a> SIZE=9 <"@b',
      parameters: 'SIZE=1',
    },
    { line: 'MAIL FROM:<"\\">"@b>', path: '<"\\">"@b>', address: '"\\">"@b', parameters: '' },
  ];
  for (const { line, ...expected } of taken) {
    test(line, () => {
      const command = parsePathCommand('MAIL FROM', Buffer.from(line));
      assert.deepEqual(command, { verb: 'MAIL FROM', ...expected });
      assert.deepEqual(
        parsePathCommand('MAIL FROM', Buffer.from(renderPathCommand(command))),
        command,
      );
    });
  }

  const refused = [
    'MAIL',
    'MAIL FROM',
    'MAIL FROM:',
    'MAIL FROM:a@b',
    'MAIL FROM:<a@b',
    'MAIL FROM:<a@b>SIZE=1',
  ];
  for (const line of [
    ...refused,
    'MAIL TO:<a@b>',
    'RCPT TO:<a@b>',
    'MAIL FROM:<"a>',
    'MAIL FROM:<a<b>',
    'MAIL FROM:<a>\rX',
  ]) {
    test(`no command: ${JSON.stringify(line)}`, () => {
      assert.equal(parsePathCommand('MAIL FROM', Buffer.from(line)), null);
    });
  }

  test('a long hostile line takes no time', () => {
    const line = Buffer.from(`MAIL FROM:<${'"\\'.repeat(2000)}${' '.repeat(2000)}`);
    const started = performance.now();
    assert.equal(parsePathCommand('MAIL FROM', line), null);
    assert.ok(performance.now() - started < 100);
  });
});

describe('XCLIENT', () => {
  const connection: Connection = {
    clientAddress: '192.0.2.7',
    clientPort: 1234,
    clientHostname: 'mail.client.test',
    helo: 'client.test',
    protocol: 'ESMTPS',
  };
  const all = 'NAME ADDR PROTO HELO PORT LOGIN DESTADDR';
  const cases: readonly {
    name: string;
    change: Partial<Connection>;
    offered: string;
    expected: readonly string[];
  }[] = [
    {
      name: 'everything that is offered',
      change: {},
      offered: all,
      expected: [
        'XCLIENT HELO=client.test PROTO=ESMTP PORT=1234 NAME=mail.client.test ADDR=192.0.2.7',
      ],
    },
    {
      name: 'unknown name, IPv6, HELO',
      change: { clientHostname: null, clientAddress: '2001:db8::1', protocol: 'SMTP' },
      offered: 'ADDR NAME PROTO',
      expected: ['XCLIENT PROTO=SMTP NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1'],
    },
    {
      name: 'xtext',
      change: { helo: 'a+b=c' },
      offered: 'HELO',
      expected: ['XCLIENT HELO=a+2Bb+3Dc'],
    },
    {
      name: 'no command above 512 octets',
      change: { helo: 'h'.repeat(255), clientHostname: 'n'.repeat(253) },
      offered: all,
      expected: [
        `XCLIENT HELO=${'h'.repeat(255)} PROTO=ESMTP PORT=1234`,
        `XCLIENT NAME=${'n'.repeat(253)} ADDR=192.0.2.7`,
      ],
    },
    {
      name: 'a name too long to say',
      change: { helo: '='.repeat(255) },
      offered: 'HELO',
      expected: ['XCLIENT HELO=[UNAVAILABLE]'],
    },
    { name: 'nothing we know of', change: {}, offered: 'LOGIN', expected: [] },
  ];
  for (const c of cases) {
    test(c.name, () => {
      const commands = xclientCommands({ ...connection, ...c.change }, c.offered);
      assert.deepEqual(commands, c.expected);
      assert.ok(commands.every((command) => command.length <= 510));
    });
  }
});

describe('the name of a client', () => {
  const names = (...found: string[]) => ({
    ...emptyResolver,
    reverse: () => Promise.resolve(found),
  });
  const resolvesTo = (...addresses: string[]) => ({
    resolve4: () => Promise.resolve(addresses),
    resolve6: () => Promise.resolve(addresses),
  });
  const cases: readonly {
    name: string;
    address: string;
    resolver: typeof emptyResolver;
    expected: string | null;
  }[] = [
    {
      name: 'confirmed',
      address: '192.0.2.1',
      resolver: { ...names('A.test.'), ...resolvesTo('192.0.2.1') },
      expected: 'a.test',
    },
    {
      name: 'not confirmed',
      address: '192.0.2.1',
      resolver: { ...names('a.test'), ...resolvesTo('192.0.2.2') },
      expected: null,
    },
    { name: 'no PTR', address: '192.0.2.1', resolver: emptyResolver, expected: null },
    {
      name: 'forward lookup fails',
      address: '192.0.2.1',
      resolver: names('a.test'),
      expected: null,
    },
    {
      name: 'IPv6 in another spelling',
      address: '2001:db8::1',
      resolver: { ...names('a.test'), ...resolvesTo('2001:0db8:0:0:0:0:0:1') },
      expected: 'a.test',
    },
    {
      name: 'a name that is none',
      address: '192.0.2.1',
      resolver: {
        ...names('a.test\r\nX: y', 'a..test', `${'a'.repeat(64)}.test`),
        ...resolvesTo('192.0.2.1'),
      },
      expected: null,
    },
    {
      name: 'a resolver that throws',
      address: 'x',
      resolver: {
        ...emptyResolver,
        reverse: () => {
          throw new Error('EINVAL');
        },
      },
      expected: null,
    },
    {
      name: 'a resolver that hangs',
      address: '192.0.2.1',
      resolver: { ...emptyResolver, reverse: () => new Promise<string[]>(() => undefined) },
      expected: null,
    },
  ];
  for (const c of cases) {
    test(c.name, async () =>
      assert.equal(await confirmedHostname(c.address, c.resolver, 50), c.expected),
    );
  }
});

describe('transaction ids', () => {
  test('are 20 characters, sort by time, and differ', () => {
    const times = [0, 1, 1_763_800_000_000, 1_763_800_000_001, 4_102_444_800_000];
    const ids = times.map((time) => newTransactionId(new Date(time)));
    for (const id of ids) assert.match(id, /^[0-9a-z]{20}$/);
    assert.deepEqual(ids.toSorted(), ids);
    const now = new Date(1_763_800_000_000);
    assert.equal(new Set(Array.from({ length: 1000 }, () => newTransactionId(now))).size, 1000);
  });
});
