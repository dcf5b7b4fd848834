import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reply } from '../../src/smtp/reply.ts';
import type { Transaction } from '../../src/smtp/transaction.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import {
  deliverWithPrefix,
  emptyResolver,
  startTestFrontHop,
  testPrefix,
} from '../support/smtp-front-hop.ts';
import { SmtpRecorder, type Script } from '../support/smtp-recorder.ts';

const message = 'Subject: hello\r\n\r\nbody\r\n';

/** The commands of the only session with mail, without what belongs to opening and closing it. */
function mailCommands(recorder: SmtpRecorder): string[] {
  assert.equal(recorder.mailSessions.length, 1);
  return recorder.mailSessions[0]!.commands.filter((line) => !/^(EHLO|QUIT)/.test(line));
}

describe('mirroring', () => {
  test('one message goes through, with our prefix', async () => {
    await using recorder = await SmtpRecorder.start();
    const seen: Transaction[] = [];
    await using frontHop = await startTestFrontHop(recorder.address, (transaction, nextHop) => {
      seen.push(transaction);
      return deliverWithPrefix(transaction, nextHop);
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    const clientPort = client.socket.localPort;
    await client.command('MAIL FROM:<Some.One@Sender.test> BODY=8BITMIME', 250);
    await client.command('RCPT TO:<bob@example.test> NOTIFY=NEVER', 250);
    assert.deepEqual(await client.data(message, 250), ['250 2.0.0 Ok: queued as R1']);
    await client.command('QUIT', 221);
    await client.expectClose();
    assert.deepEqual(recorder.messages, [Buffer.concat([testPrefix, Buffer.from(message)])]);
    const [transaction] = seen;
    assert.match(transaction!.id, /^[0-9a-z]{20}$/);
    assert.ok(Math.abs(transaction!.receivedAt.getTime() - Date.now()) < 60_000);
    assert.equal((await transaction!.content.prefix(7)).toString(), 'Subject');
    assert.equal(transaction!.content.sizeBytes, message.length);
    assert.deepEqual(transaction!.envelope, {
      mailFrom: 'Some.One@Sender.test',
      rcptTo: ['bob@example.test'],
      mailParameters: 'BODY=8BITMIME',
      rcptParameters: ['NOTIFY=NEVER'],
    });
    assert.deepEqual(transaction!.connection, {
      clientAddress: '127.0.0.1',
      clientPort,
      clientHostname: null,
      helo: 'client.test',
      protocol: 'ESMTP',
    });
    assert.deepEqual(frontHop.errors, []);
  });

  const replies: readonly {
    name: string;
    stage: RegExp;
    reply: string;
    expected: readonly string[];
  }[] = [
    {
      name: 'several lines with enhanced code',
      stage: /^RCPT/,
      reply:
        '550-5.1.1 <bob@example.test>: no such user\r\n550-5.1.1 see\r\n550 5.1.1 https://help.test/',
      expected: [
        '550-5.1.1 <bob@example.test>: no such user',
        '550-5.1.1 see',
        '550 5.1.1 https://help.test/',
      ],
    },
    {
      name: 'no enhanced code',
      stage: /^RCPT/,
      reply: '550 no such user',
      expected: ['550 no such user'],
    },
    {
      name: '251',
      stage: /^RCPT/,
      reply: '251 2.1.5 will forward',
      expected: ['251 2.1.5 will forward'],
    },
    {
      name: 'a temporary refusal',
      stage: /^RCPT/,
      reply: '450 4.2.0 greylisted',
      expected: ['450 4.2.0 greylisted'],
    },
    {
      name: 'MAIL refused',
      stage: /^MAIL/,
      reply: '553 5.1.8 sender unknown',
      expected: ['553 5.1.8 sender unknown'],
    },
    { name: 'a code without text', stage: /^MAIL/, reply: '452', expected: ['452 '] },
    {
      name: 'an enhanced code of another class is text',
      stage: /^RCPT/,
      reply: '250 5.1.1 odd',
      expected: ['250 5.1.1 odd'],
    },
  ];
  for (const c of replies) {
    test(`reply verbatim: ${c.name}`, async () => {
      await using recorder = await SmtpRecorder.start((line) =>
        c.stage.test(line) ? c.reply : undefined,
      );
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.greeted(frontHop.address);
      const code = Number(c.expected[0]!.slice(0, 3));
      if (c.stage.test('RCPT')) await client.command('MAIL FROM:<a@sender.test>', 250);
      const line = c.stage.test('RCPT')
        ? 'RCPT TO:<bob@example.test>'
        : 'MAIL FROM:<a@sender.test>';
      assert.deepEqual(await client.command(line, code), c.expected);
    });
  }

  test('the final reply is the one of the next hop, refusal or not', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === '.' ? '554-5.7.1 first line\r\n554 5.7.1 second line' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@sender.test>', 250);
    await client.command('RCPT TO:<bob@example.test>', 250);
    assert.deepEqual(await client.data(message, 554), [
      '554-5.7.1 first line',
      '554 5.7.1 second line',
    ]);
    await client.command('NOOP', 250);
  });

  test('DATA refused by the next hop is the final reply, and the session goes on', async () => {
    await using recorder = await SmtpRecorder.start((line, { commands }) =>
      line === 'DATA' && commands.filter((command) => command === 'DATA').length === 1
        ? '451 4.7.1 not now'
        : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    for (const code of [451, 250]) {
      await client.command('MAIL FROM:<a@sender.test>', 250);
      await client.command('RCPT TO:<bob@example.test>', 250);
      await client.data(message, code);
    }
    assert.deepEqual(mailCommands(recorder), [
      'MAIL FROM:<a@sender.test>',
      'RCPT TO:<bob@example.test>',
      'DATA',
      'RSET',
      'MAIL FROM:<a@sender.test>',
      'RCPT TO:<bob@example.test>',
      'DATA',
    ]);
  });

  test('one bad recipient of three, with parameters in step', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      /<bad@/.test(line) ? '550 5.1.1 unknown' : undefined,
    );
    const envelopes: Transaction['envelope'][] = [];
    await using frontHop = await startTestFrontHop(recorder.address, (transaction, nextHop) => {
      envelopes.push(transaction.envelope);
      return deliverWithPrefix(transaction, nextHop);
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@sender.test>', 250);
    await client.command('RCPT TO:<one@example.test> NOTIFY=NEVER', 250);
    await client.command('RCPT TO:<bad@example.test> NOTIFY=DELAY', 550);
    await client.command('RCPT TO:<two@example.test>', 250);
    await client.data(message, 250);
    assert.deepEqual(envelopes[0]!.rcptTo, ['one@example.test', 'two@example.test']);
    assert.deepEqual(envelopes[0]!.rcptParameters, ['NOTIFY=NEVER', '']);
    assert.equal(recorder.messages.length, 1);
  });

  test('everything in one segment (pipelining)', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      /<bad@/.test(line) ? '550 5.1.1 unknown' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    client.send(
      'MAIL FROM:<a@sender.test>',
      'RCPT TO:<bad@example.test>',
      'RCPT TO:<bob@example.test>',
      'DATA',
    );
    for (const code of [250, 550, 250, 354]) await client.expect(code);
    client.send(
      Buffer.from(`${message}.\r\n`),
      'MAIL FROM:<b@sender.test>',
      'RCPT TO:<bob@example.test>',
      'RSET',
      'QUIT',
    );
    for (const code of [250, 250, 250, 250, 221]) await client.expect(code);
    assert.equal(recorder.messages.length, 1);
  });

  test('two transactions of one session are one next-hop session', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    for (const sender of ['a@sender.test', 'b@sender.test']) {
      await client.command(`MAIL FROM:<${sender}>`, 250);
      await client.command('RCPT TO:<bob@example.test>', 250);
      await client.data(message, 250);
    }
    await client.command('MAIL FROM:<c@sender.test>', 250);
    await client.command('RSET', 250);
    await client.command('RSET', 250);
    await client.command('QUIT', 221);
    await recorder.until(({ mailSessions }) => mailSessions.every(({ closed }) => closed));
    assert.deepEqual(recorder.mailSessions[0]!.commands, [
      'EHLO front.test',
      'MAIL FROM:<a@sender.test>',
      'RCPT TO:<bob@example.test>',
      'DATA',
      'MAIL FROM:<b@sender.test>',
      'RCPT TO:<bob@example.test>',
      'DATA',
      'MAIL FROM:<c@sender.test>',
      'RSET',
      'QUIT',
    ]);
  });

  test('EHLO in a transaction resets it and renews the next-hop session', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@sender.test>', 250);
    await client.command('EHLO other.test', 250);
    await client.command('RCPT TO:<bob@example.test>', 503);
    assert.deepEqual(recorder.mailSessions[0]!.commands.slice(1), [
      'MAIL FROM:<a@sender.test>',
      'RSET',
      'QUIT',
    ]);
    await client.command('MAIL FROM:<a@sender.test>', 250);
    assert.equal(recorder.mailSessions.length, 2);
  });

  test('sessions run side by side, each with its own next-hop session', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    const bodies = Array.from(
      { length: 20 },
      (_, index) => `Subject: ${index}\r\n\r\n${'x'.repeat(index * 1000)}\r\n`,
    );
    await Promise.all(
      bodies.map(async (body, index) => {
        await using client = await SmtpDialogue.greeted(frontHop.address);
        await client.command(`MAIL FROM:<a${index}@sender.test>`, 250);
        await client.command('RCPT TO:<bob@example.test>', 250);
        await client.data(body, 250);
      }),
    );
    assert.equal(recorder.mailSessions.length, bodies.length);
    assert.deepEqual(
      recorder.messages.map(String).sort(),
      bodies.map((body) => `${testPrefix.toString()}${body}`).sort(),
    );
  });
});

describe('commands', () => {
  const verbatim: readonly { name: string; mail: string; rcpt: string }[] = [
    { name: 'null sender', mail: 'MAIL FROM:<>', rcpt: 'RCPT TO:<bob@example.test>' },
    {
      name: 'quoted local parts',
      mail: 'MAIL FROM:<"John \\"x\\" > Doe"@s.test>',
      rcpt: 'RCPT TO:<"a@b c"@example.test>',
    },
    {
      name: 'postmaster without domain',
      mail: 'MAIL FROM:<a@s.test>',
      rcpt: 'RCPT TO:<Postmaster>',
    },
    {
      name: 'case and xn-- domain',
      mail: 'MAIL FROM:<MiXed@XN--BCHER-KVA.example>',
      rcpt: 'RCPT TO:<BoB@Example.TEST>',
    },
    {
      name: 'SMTPUTF8 with ASCII addresses',
      mail: 'MAIL FROM:<a@s.test> SMTPUTF8 BODY=8BITMIME',
      rcpt: 'RCPT TO:<b@e.test>',
    },
    {
      name: 'SMTPUTF8 addresses',
      mail: 'MAIL FROM:<jürgen@bücher.example> SMTPUTF8',
      rcpt: 'RCPT TO:<用户@例え.test>',
    },
    {
      name: 'DSN parameters',
      mail: 'MAIL FROM:<a@s.test> RET=HDRS ENVID=QQ+2B314159+3D',
      rcpt: 'RCPT TO:<b@e.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2Bx@E.test',
    },
    {
      name: 'source route',
      mail: 'MAIL FROM:<@relay.test:a@s.test>',
      rcpt: 'RCPT TO:<@x.test,@y.test:b@e.test>',
    },
    {
      name: 'address literal',
      mail: 'MAIL FROM:<a@[192.0.2.1]>',
      rcpt: 'RCPT TO:<b@[IPv6:2001:DB8::1]>',
    },
  ];
  for (const c of verbatim) {
    test(`forwarded byte for byte: ${c.name}`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await client.command(c.mail, 250);
      await client.command(c.rcpt, 250);
      assert.deepEqual(mailCommands(recorder), [c.mail, c.rcpt]);
    });
  }

  test('SIZE grows by the room for our header fields', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('mail from: <a@s.test> RET=FULL size=1000 ENVID=x', 250);
    assert.deepEqual(mailCommands(recorder), ['MAIL FROM:<a@s.test> RET=FULL SIZE=17384 ENVID=x']);
  });

  test('SIZE is kept from a next hop that does not know it', async () => {
    await using recorder = await SmtpRecorder.start(undefined, ['8BITMIME']);
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test> SIZE=1000 BODY=8BITMIME', 250);
    assert.deepEqual(mailCommands(recorder), ['MAIL FROM:<a@s.test> BODY=8BITMIME']);
  });

  const refusals: readonly {
    name: string;
    lines: readonly (string | Buffer)[];
    expected: string;
  }[] = [
    { name: 'RCPT without MAIL', lines: ['RCPT TO:<b@e.test>'], expected: '503 5.5.1' },
    { name: 'DATA without MAIL', lines: ['DATA'], expected: '503 5.5.1' },
    {
      name: 'DATA without recipient',
      lines: ['MAIL FROM:<a@s.test>', 'DATA'],
      expected: '554 5.5.1',
    },
    {
      name: 'nested MAIL',
      lines: ['MAIL FROM:<a@s.test>', 'MAIL FROM:<a@s.test>'],
      expected: '503 5.5.1',
    },
    { name: 'no angle brackets', lines: ['MAIL FROM:a@s.test'], expected: '501 5.1.7' },
    {
      name: 'empty recipient',
      lines: ['MAIL FROM:<a@s.test>', 'RCPT TO:<>'],
      expected: '501 5.1.3',
    },
    {
      name: 'CR in a command',
      lines: [Buffer.from('MAIL FROM:<a@s.test>\rRCPT TO:<x@y>\r\n')],
      expected: '501 5.1.7',
    },
    { name: 'NUL in a command', lines: ['MAIL FROM:<a\0@s.test>'], expected: '501 5.1.7' },
    {
      name: 'invalid UTF-8',
      lines: [Buffer.from('MAIL FROM:<\xff@s.test> SMTPUTF8\r\n', 'latin1')],
      expected: '501 5.1.7',
    },
    { name: 'UTF-8 without SMTPUTF8', lines: ['MAIL FROM:<jürgen@s.test>'], expected: '553 5.6.7' },
    {
      name: 'UTF-8 recipient without SMTPUTF8',
      lines: ['MAIL FROM:<a@s.test>', 'RCPT TO:<ü@e.test>'],
      expected: '553 5.6.7',
    },
    {
      name: 'SIZE above the limit',
      lines: ['MAIL FROM:<a@s.test> SIZE=10000001'],
      expected: '552 5.3.4',
    },
    {
      name: 'SIZE that is no number',
      lines: ['MAIL FROM:<a@s.test> SIZE=1e3'],
      expected: '501 5.5.4',
    },
    {
      name: 'a parameter twice',
      lines: ['MAIL FROM:<a@s.test> SIZE=1 SIZE=2'],
      expected: '501 5.5.4',
    },
    {
      name: 'BODY=BINARYMIME',
      lines: ['MAIL FROM:<a@s.test> BODY=BINARYMIME'],
      expected: '501 5.5.4',
    },
    { name: 'AUTH parameter', lines: ['MAIL FROM:<a@s.test> AUTH=<>'], expected: '555 5.5.4' },
    { name: 'REQUIRETLS', lines: ['MAIL FROM:<a@s.test> REQUIRETLS'], expected: '555 5.5.4' },
    {
      name: 'MAIL parameter on RCPT',
      lines: ['MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test> RET=FULL'],
      expected: '555 5.5.4',
    },
    { name: 'a second HELO argument', lines: ['EHLO a b'], expected: '501 5.5.4' },
    { name: 'BDAT', lines: ['BDAT 3 LAST'], expected: '500 5.5.2' },
    { name: 'AUTH', lines: ['AUTH PLAIN x'], expected: '500 5.5.2' },
    { name: 'STARTTLS without certificate', lines: ['STARTTLS'], expected: '500 5.5.2' },
    { name: 'XCLIENT from anybody', lines: ['XCLIENT ADDR=192.0.2.1'], expected: '500 5.5.2' },
    { name: 'WIZ', lines: ['WIZ x'], expected: '500 5.5.2' },
    { name: 'VRFY', lines: ['VRFY bob'], expected: '502 5.5.1' },
    { name: 'HELP', lines: ['HELP'], expected: '502 5.5.1' },
  ];
  for (const c of refusals) {
    test(`refused: ${c.name}`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.greeted(frontHop.address);
      for (const line of c.lines.slice(0, -1)) await client.command(line, 250);
      const code = Number(c.expected.slice(0, 3));
      const answer = await client.command(c.lines.at(-1)!, code);
      assert.equal(answer[0]!.slice(0, 9), c.expected);
      await client.command('NOOP', 250);
    });
  }

  test('a recipient too many', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      maxRecipients: 2,
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.command('RCPT TO:<c@e.test>', 250);
    assert.match((await client.command('RCPT TO:<d@e.test>', 452))[0]!, /^452 4\.5\.3 /);
    await client.data(message, 250);
  });

  test('a client too many', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      maxSessions: 1,
    });
    await using first = await SmtpDialogue.greeted(frontHop.address);
    await using second = await SmtpDialogue.open(frontHop.address);
    await second.expect(421);
    await second.expectClose();
    await first.command('NOOP', 250);
  });
});

describe('EHLO', () => {
  const cases: readonly {
    name: string;
    extensions: readonly string[];
    expected: readonly string[];
  }[] = [
    {
      name: 'a next hop that can do everything, and more than we',
      extensions: [
        'PIPELINING',
        'SIZE',
        '8BITMIME',
        'SMTPUTF8',
        'DSN',
        'ENHANCEDSTATUSCODES',
        'CHUNKING',
        'AUTH PLAIN',
        'ETRN',
      ],
      expected: [
        'PIPELINING',
        'SIZE 10000000',
        '8BITMIME',
        'SMTPUTF8',
        'DSN',
        'ENHANCEDSTATUSCODES',
      ],
    },
    {
      name: 'a next hop that can do nothing',
      extensions: [],
      expected: ['PIPELINING', 'SIZE 10000000'],
    },
    {
      name: 'the smaller SIZE',
      extensions: ['SIZE 1016384', 'dsn'],
      expected: ['PIPELINING', 'SIZE 1000000', 'DSN'],
    },
  ];
  for (const c of cases) {
    test(c.name, async () => {
      await using recorder = await SmtpRecorder.start(undefined, c.extensions);
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.open(frontHop.address);
      assert.deepEqual(await client.expect(220), ['220 front.test ESMTP']);
      const answer = await client.command('EHLO client.test', 250);
      assert.deepEqual(
        answer.slice(1).map((line) => line.slice(4)),
        c.expected,
      );
      await client.command('HELO client.test', 250);
    });
  }

  test('a next hop whose extensions shrank gets the client back with 421, and the right announcement next time', async () => {
    const full = ['8BITMIME', 'DSN'];
    await using recorder = await SmtpRecorder.start(undefined, full);
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    recorder.script = (line) =>
      line.startsWith('EHLO') ? '250-recorder.test\r\n250 8BITMIME' : undefined;
    await client.command('MAIL FROM:<a@s.test> RET=FULL', 421);
    await client.expectClose();
    await using again = await SmtpDialogue.open(frontHop.address);
    await again.expect(220);
    const answer = await again.command('EHLO client.test', 250);
    assert.deepEqual(
      answer.slice(1).map((line) => line.slice(4)),
      ['PIPELINING', 'SIZE 10000000', '8BITMIME'],
    );
    assert.match((await again.command('MAIL FROM:<a@s.test> RET=FULL', 555))[0]!, /^555 5\.5\.4 /);
  });

  test('the client is named by a PTR record that its address confirms', async () => {
    await using recorder = await SmtpRecorder.start();
    const hostnames: (string | null)[] = [];
    const resolver = {
      ...emptyResolver,
      reverse: () => Promise.resolve(['liar.test.', 'Client.Test.']),
      resolve4: (name: string) =>
        Promise.resolve(name === 'client.test' ? ['127.0.0.1'] : ['192.0.2.1']),
    };
    await using frontHop = await startTestFrontHop(
      recorder.address,
      (transaction, nextHop) => {
        hostnames.push(transaction.connection.clientHostname);
        return deliverWithPrefix(transaction, nextHop);
      },
      { resolver },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.data(message, 250);
    assert.deepEqual(hostnames, ['client.test']);
  });
});

describe('XCLIENT', () => {
  const offered: Script = (line) =>
    line.startsWith('EHLO')
      ? '250-recorder.test\r\n250-XCLIENT NAME ADDR PROTO HELO\r\n250 DSN'
      : undefined;

  test('is sent once per session, before the first MAIL, and EHLO carries the name of the client', async () => {
    await using recorder = await SmtpRecorder.start(offered);
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address, '127.0.0.3');
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RSET', 250);
    await client.command('MAIL FROM:<b@s.test>', 250);
    assert.deepEqual(recorder.mailSessions[0]!.commands, [
      'EHLO front.test',
      'XCLIENT HELO=client.test PROTO=ESMTP NAME=[UNAVAILABLE] ADDR=127.0.0.3',
      'EHLO client.test',
      'MAIL FROM:<a@s.test>',
      'RSET',
      'MAIL FROM:<b@s.test>',
    ]);
  });

  test('refused, it ends the session: our own address could be trusted there', async () => {
    await using recorder = await SmtpRecorder.start((line, session) =>
      line.startsWith('XCLIENT') ? '550 5.7.0 insufficient authorization' : offered(line, session),
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.match((await client.command('MAIL FROM:<a@s.test>', 451))[0]!, /^451 4\.4\.1 /);
  });

  test('a refusal of the client’s own name is for the client', async () => {
    await using recorder = await SmtpRecorder.start((line, session) =>
      line === 'EHLO client.test' ? '550 5.7.1 bad name' : offered(line, session),
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.deepEqual(await client.command('MAIL FROM:<a@s.test>', 550), ['550 5.7.1 bad name']);
  });
});

describe('the decision', () => {
  test('a message that is held is never seen by the next hop', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(
      recorder.address,
      async (_transaction, nextHop) => {
        await nextHop.abandon();
        return { code: 250, enhancedCode: '2.6.0', lines: ['Held for review', 'id 42'] };
      },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    for (let round = 0; round < 2; round++) {
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      assert.deepEqual(await client.data(message, 250), [
        '250-2.6.0 Held for review',
        '250 2.6.0 id 42',
      ]);
    }
    assert.deepEqual(recorder.messages, []);
    const round = ['MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test>', 'RSET'];
    assert.deepEqual(mailCommands(recorder), [...round, ...round]);
  });

  test('a handle that throws is a 451, and the next hop forgets the transaction', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, () =>
      Promise.reject(new Error('secret detail')),
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    assert.deepEqual(await client.data(message, 451), ['451 4.3.0 Local error, try again later']);
    assert.equal(mailCommands(recorder).at(-1), 'RSET');
    assert.deepEqual(frontHop.errors.map(String), ['Error: secret detail']);
    await client.command('MAIL FROM:<a@s.test>', 250);
  });

  test('a handle that throws after the next hop took the message does not make the client send it again', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(
      recorder.address,
      async ({ content }, nextHop) => {
        await nextHop.deliver(testPrefix, content);
        throw new Error('after delivery');
      },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    assert.deepEqual(await client.data(message, 250), ['250 2.0.0 Ok: queued as R1']);
    assert.equal(frontHop.errors.length, 1);
  });

  test('where RSET fails, the next MAIL opens a new session', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === 'RSET' ? '500 5.5.1 no' : undefined,
    );
    await using frontHop = await startTestFrontHop(
      recorder.address,
      async (_transaction, nextHop) => {
        await nextHop.abandon();
        return reply(451, '4.7.1', 'Later');
      },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    for (let round = 0; round < 2; round++) {
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.data(message, 451);
    }
    assert.equal(recorder.mailSessions.length, 2);
  });
});

test('a port in use is said clearly', async () => {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address);
  const listen = frontHop.address;
  await assert.rejects(startTestFrontHop(recorder.address, deliverWithPrefix, { listen }), {
    message: `cannot listen on 127.0.0.1:${listen.port}: the port is in use; stop the program that has it, or listen on another port`,
  });
});
