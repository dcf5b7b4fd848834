import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FrontHopOptions } from '../../src/smtp/front-hop.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

/** Stuffs dots the way RFC 5321 §4.5.2 says, independently of the code under test. */
function onTheWire(content: Buffer): Buffer {
  return Buffer.from(
    `\r\n${content.toString('latin1')}`.replaceAll('\r\n.', '\r\n..').slice(2),
    'latin1',
  );
}

async function inTransaction(client: SmtpDialogue): Promise<void> {
  await client.command('MAIL FROM:<a@s.test>', 250);
  await client.command('RCPT TO:<b@e.test>', 250);
}

/** Sends each wire form of a message in one session and returns replies and what arrived. */
async function relay(
  wires: readonly (string | Buffer)[],
  overrides: Partial<FrontHopOptions> = {},
): Promise<{ replies: string[]; recorder: SmtpRecorder }> {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, overrides);
  await using client = await SmtpDialogue.greeted(frontHop.address);
  const replies: string[] = [];
  for (const wire of wires) {
    await inTransaction(client);
    await client.command('DATA', 354);
    client.send(Buffer.from(wire), Buffer.from('.\r\n'));
    replies.push(...(await client.expectAny()));
  }
  return { replies, recorder };
}

describe('byte transparency', () => {
  const messages: readonly { name: string; content: string }[] = [
    { name: 'empty', content: '' },
    { name: 'an empty line', content: '\r\n' },
    { name: 'a line with a dot', content: '.\r\n' },
    { name: 'lines with dots', content: '.\r\n..\r\n...\r\n\r\n.a\r\n..a\r\n' },
    { name: 'a dot as the last line', content: 'a\r\n.\r\n' },
    { name: 'lines far beyond 1000 octets', content: `${'x'.repeat(200_000)}\r\n` },
    { name: '8-bit that is no UTF-8', content: 'Subject: \xe9\xff\x80\r\n\r\n\xfe\r\n' },
    { name: 'control characters', content: '\x01\x08\x0b\x0c\x1b\x7f\t\r\n' },
    { name: 'mixed white space at the end of lines', content: 'a \t \r\n \r\n' },
    { name: 'a header that claims our prefix', content: 'X-Prefix: ours\r\n\r\n' },
  ];
  for (const { name, content } of messages) {
    test(name, async () => {
      const bytes = Buffer.from(content, 'latin1');
      const { replies, recorder } = await relay([onTheWire(bytes)]);
      assert.deepEqual(replies, ['250 2.0.0 Ok: queued as R1']);
      assert.deepEqual(recorder.messages, [Buffer.concat([testPrefix, bytes])]);
    });
  }

  test('any lines, in any segments', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    const byte = fc
      .integer({ min: 1, max: 255 })
      .filter((value) => value !== 0x0d && value !== 0x0a);
    const text = fc.array(
      fc.oneof({ weight: 1, arbitrary: fc.constant(0x2e) }, { weight: 2, arbitrary: byte }),
    );
    const dots = fc.integer({ min: 0, max: 3 });
    const line = fc
      .tuple(dots, text)
      .map(([count, bytes]) =>
        Buffer.from([...Array<number>(count).fill(0x2e), ...bytes, 0x0d, 0x0a]),
      );
    const message = fc.array(line, { maxLength: 30 }).map((lines) => Buffer.concat(lines));
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(message, cuts, async (content, positions) => {
        await inTransaction(client);
        await client.command('DATA', 354);
        const wire = Buffer.concat([onTheWire(content), Buffer.from('.\r\n')]);
        const ends = [
          ...positions.map((position) => Math.floor(position * wire.length)),
          wire.length,
        ].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          client.send(wire.subarray(from, end));
          await new Promise((resolve) => setImmediate(resolve));
          from = end;
        }
        await client.expect(250);
        assert.deepEqual(recorder.messages.at(-1), Buffer.concat([testPrefix, content]));
      }),
      { numRuns: 200 },
    );
  });

  test('a large message under back-pressure', async () => {
    const content = Buffer.from(`.${'0123456789'.repeat(7)}\r\n`.repeat(30_000));
    const { replies, recorder } = await relay([onTheWire(content)]);
    assert.deepEqual(replies, ['250 2.0.0 Ok: queued as R1']);
    assert.ok(recorder.messages[0]!.equals(Buffer.concat([testPrefix, content])));
  });
});

const smuggled =
  'MAIL FROM:<evil@s.test>\r\nRCPT TO:<victim@e.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n';
const sequences = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r\n.\r',
  '\r\n.\n',
  '\r.\r\n',
  '\r\n\0.\r\n',
  '\n\n.\r\n',
];

describe('SMTP smuggling (CVE-2023-51764 and its kin)', () => {
  for (const sequence of sequences) {
    const wire = `Subject: a\r\n\r\nbody${sequence}${smuggled}`;
    const hasNul = sequence.includes('\0');

    test(`${JSON.stringify(sequence)} is rejected, and ends nothing`, async () => {
      const { replies, recorder } = await relay([wire]);
      assert.equal(replies.length, 1);
      assert.match(replies[0]!, /^550 5\.6\.11 /);
      assert.deepEqual(recorder.messages, []);
      assert.deepEqual(
        recorder.mailSessions[0]!.commands.filter((line) => /evil|victim/.test(line)),
        [],
      );
    });

    test(`${JSON.stringify(sequence)} normalized is content`, async () => {
      const { replies, recorder } = await relay([wire], { bareLineEndings: 'normalize' });
      assert.equal(replies.length, 1);
      assert.match(replies[0]!, hasNul ? /^550 5\.6\.11 / : /^250 /);
      assert.equal(recorder.messages.length, hasNul ? 0 : 1);
      assert.deepEqual(
        recorder.mailSessions[0]!.commands.filter((line) => /evil|victim/.test(line)),
        [],
      );
      for (const message of recorder.messages) {
        assert.doesNotMatch(message.toString('latin1').replaceAll('\r\n', ''), /[\r\n]/);
        assert.ok(message.includes('Subject: smuggled\r\n'));
      }
    });
  }
});

describe('a bare CR that makes one header field two', () => {
  const wire = 'X-Note: hi\rFrom: ceo@victim.test\r\nFrom: a@attacker.test\r\n\r\nx\r\n';

  test('is rejected before anybody analyses it', async () => {
    let handled = 0;
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, (transaction, nextHop) => {
      handled++;
      return deliverWithPrefix(transaction, nextHop);
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await inTransaction(client);
    assert.match((await client.data(wire, 550))[0]!, /^550 5\.6\.11 /);
    assert.equal(handled, 0);
    await inTransaction(client);
    await client.data('Subject: fine\r\n\r\n', 250);
    assert.equal(handled, 1);
  });

  test('normalized, it is analysed as two fields, as it is delivered', async () => {
    const analysed: string[] = [];
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(
      recorder.address,
      async ({ content }, nextHop) => {
        analysed.push((await content.prefix(content.sizeBytes)).toString());
        return nextHop.deliver(Buffer.alloc(0), content);
      },
      { bareLineEndings: 'normalize' },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await inTransaction(client);
    await client.data(wire, 250);
    assert.deepEqual(analysed, [wire.replace('hi\rFrom', 'hi\r\nFrom')]);
    assert.deepEqual(recorder.messages.map(String), analysed);
  });
});

describe('limits on a message', () => {
  test('too large: read to the dot, 552, and the session goes on', async () => {
    const { replies, recorder } = await relay([`${'x'.repeat(500_000)}\r\n`, 'ok\r\n'], {
      maxMessageBytes: 100_000,
    });
    assert.match(replies[0]!, /^552 5\.3\.4 /);
    assert.match(replies[1]!, /^250 /);
    assert.equal(recorder.messages.length, 1);
  });

  const exactly = `${'x'.repeat(998)}\r\n`;
  test('exactly the limit is taken, dots not counted', async () => {
    const dotted = `.${exactly.slice(1)}`;
    const { replies } = await relay([onTheWire(Buffer.from(dotted)), `x${exactly}`], {
      maxMessageBytes: 1000,
    });
    assert.deepEqual(
      replies.map((line) => line.slice(0, 3)),
      ['250', '552'],
    );
  });

  const hops = (count: number): string =>
    `${'Received: from a by b; date\r\n'.repeat(count)}\r\nReceived: in the body\r\n`;
  test('more than 100 Received fields are a loop', async () => {
    const { replies, recorder } = await relay([hops(101), hops(100)]);
    assert.match(replies[0]!, /^554 5\.4\.6 /);
    assert.match(replies[1]!, /^250 /);
    assert.equal(recorder.messages.length, 1);
  });
});
