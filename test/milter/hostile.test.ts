import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { maxPacketBytes } from '../../src/milter/packet.ts';
import { defaultMilterTimeouts } from '../../src/milter/milter-listener.ts';
import { answered, MilterClient, numbers } from '../support/milter-client.ts';
import { startTestMilter } from '../support/test-milter.ts';

type Step = (client: MilterClient) => void | Promise<void>;

const opened: Step = async (client) => {
  await client.negotiate();
};
const greeted: Step = async (client) => {
  await client.negotiate();
  await client.connected('127.0.0.1');
};
const inEnvelope: Step = async (client) => {
  await greeted(client);
  await client.envelope({});
};
const inBody: Step = async (client) => {
  await inEnvelope(client);
  await client.content({ bytes: 'A: b\r\n\r\nbody' });
};
const nothing: Step = () => undefined;

const raw =
  (...parts: readonly Buffer[]): Step =>
  ({ socket }) =>
    void socket.write(Buffer.concat(parts));
const packet =
  (name: string, data = ''): Step =>
  (client) =>
    client.send(name, Buffer.from(data, 'latin1'));

describe('what no mail server says ends the connection', () => {
  const cases: readonly { name: string; first: Step; then: Step; says: RegExp }[] = [
    { name: 'a length of 0', first: nothing, then: raw(numbers(0)), says: /packet of 0 bytes/ },
    {
      name: 'a huge length',
      first: opened,
      then: raw(numbers(0xffffffff), Buffer.from('L')),
      says: /packet of 4294967295 bytes/,
    },
    {
      name: 'a length just past the limit',
      first: opened,
      then: raw(numbers(maxPacketBytes + 1), Buffer.from('B')),
      says: /packet of 1048578 bytes/,
    },
    { name: 'an HTTP request', first: nothing, then: raw(Buffer.from('GET / HTTP/1.1\r\n\r\n')), says: /packet of/ }, // prettier-ignore
    { name: 'a client before options', first: nothing, then: packet('C', 'x\0U'), says: /options first/ }, // prettier-ignore
    { name: 'options cut short', first: nothing, then: packet('O', 'abc'), says: /cut short/ },
    { name: 'options in a session', first: greeted, then: packet('O', 'abcdabcdabcd'), says: /in a session/ }, // prettier-ignore
    { name: 'an unknown packet', first: greeted, then: packet('?'), says: /unknown kind/ },
    { name: 'a name of an object property', first: greeted, then: packet('_', 'x'), says: /unknown kind/ }, // prettier-ignore
    { name: 'a client without family', first: opened, then: packet('C', 'x\0'), says: /cut short/ },
    { name: 'a client of a strange family', first: opened, then: packet('C', 'x\x009'), says: /family/ }, // prettier-ignore
    { name: 'an address without its end', first: opened, then: packet('C', 'x\x004\0\x19127.0.0.1'), says: /without its end/ }, // prettier-ignore
    { name: 'MAIL of nobody', first: opened, then: packet('M', '<a@b.test>\0'), says: /of nobody/ },
    { name: 'MAIL without an address', first: greeted, then: packet('M'), says: /without an address/ }, // prettier-ignore
    { name: 'MAIL with a line end', first: greeted, then: packet('M', '<a@b\r\n>\0'), says: /bad address/ }, // prettier-ignore
    {
      name: 'RCPT before MAIL',
      first: greeted,
      then: packet('R', '<a@b.test>\0'),
      says: /no MAIL/,
    },
    { name: 'a header field before MAIL', first: greeted, then: packet('L', 'A\0b\0'), says: /no MAIL/ }, // prettier-ignore
    { name: 'an end before MAIL', first: greeted, then: packet('E'), says: /no MAIL/ },
    {
      name: 'a message without recipients',
      first: async (client) => {
        await greeted(client);
        await client.envelope({ recipients: [] });
      },
      then: packet('L', 'A\0b\0'),
      says: /without recipients/,
    },
    { name: 'a body before the end of the header', first: inEnvelope, then: packet('B', 'x'), says: /out of order/ }, // prettier-ignore
    { name: 'an end before the end of the header', first: inEnvelope, then: packet('E'), says: /out of order/ }, // prettier-ignore
    { name: 'RCPT in a body', first: inBody, then: packet('R', '<a@b.test>\0'), says: /RCPT in/ },
    { name: 'a header field in a body', first: inBody, then: packet('L', 'A\0b\0'), says: /out of order/ }, // prettier-ignore
    { name: 'a second end of header', first: inBody, then: packet('N'), says: /out of order/ },
    { name: 'a header field without its end', first: inEnvelope, then: packet('L', 'A\0b'), says: /without its end/ }, // prettier-ignore
    { name: 'three strings in a header field', first: inEnvelope, then: packet('L', 'A\0b\0c\0'), says: /is none/ }, // prettier-ignore
    { name: 'macros of nothing', first: greeted, then: packet('D'), says: /macros/ },
  ];
  for (const { name, first, then, says } of cases)
    test(name, async () => {
      await using milter = await startTestMilter();
      await using client = await MilterClient.open(milter.address);
      await first(client);
      await then(client);
      assert.deepEqual(await client.end(), []);
      assert.deepEqual(milter.errors, []);
      assert.deepEqual(
        milter.faults.map(({ faultCause }) => faultCause),
        ['protocol'],
      );
      assert.match(milter.faults[0]?.message ?? '', says);
      assert.equal(milter.seen.length, 0);
      // Others are not concerned.
      await using other = await MilterClient.greeted(milter.address);
      assert.equal(answered(await other.message({ bytes: 'A: b\r\n\r\n' })).final, 'c');
    });
});

describe('what must not be taken is refused at the end of the message', () => {
  const refused = async (
    fill: (client: MilterClient) => Promise<void>,
    overrides: Parameters<typeof startTestMilter>[1] = {},
  ) => {
    await using milter = await startTestMilter(undefined, overrides);
    await using client = await MilterClient.greeted(milter.address);
    await client.envelope({});
    await fill(client);
    const { reply } = answered(await client.endOfMessage());
    assert.equal(milter.seen.length, 0);
    assert.deepEqual(milter.outcomes, ['refused']);
    assert.equal(milter.spool.usedBytes, 0);
    // The session goes on.
    assert.equal(answered(await client.message({ bytes: 'A: b\r\n\r\n' })).final, 'c');
    return reply;
  };

  for (const [name, chunks] of [
    ['a bare LF', ['a\nb']],
    ['a bare LF at the start', ['\nb']],
    ['a bare CR', ['a\rb']],
    ['a CR at the end of a chunk', ['a\r', 'b']],
    ['an LF at the start of a chunk', ['a', '\nb']],
    ['a CR at the very end', ['a\r']],
  ] as const)
    test(name, async () => {
      const reply = await refused(async (client) => {
        await client.say('N');
        for (const chunk of chunks) await client.say('B', Buffer.from(chunk));
      });
      assert.match(reply, /^550 5\.6\.11 Bare CR or LF/);
    });

  test('a CRLF over two chunks is none of them', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    const whole = 'A: b\r\n\r\nx\r\ny\r\n';
    const answers = await client.message({ bytes: whole, chunkBytes: 1 });
    assert.equal(answered(answers).final, 'c');
    assert.equal(milter.seen[0]?.bytes.toString(), whole);
  });

  test('NUL in the body', async () => {
    const reply = await refused(async (client) => {
      await client.say('N');
      await client.say('B', Buffer.from('a\0b'));
    });
    assert.match(reply, /^550 5\.6\.11 NUL/);
  });

  for (const [name, field] of [
    ['a second field in a value', 'Subject\0x\nBcc: y\0'],
    ['the end of the header in a value', 'Subject\0x\n\nbody\0'],
    ['a bare CR in a value', 'Subject\0x\ry\0'],
    ['a colon in a name', 'Sub:ject\0x\0'],
    ['a name that is empty', '\0x\0'],
    ['a line end in a name', 'Sub\nject\0x\0'],
  ] as const)
    test(name, async () => {
      const reply = await refused(async (client) => {
        await client.say('L', Buffer.from(field));
        await client.say('N');
      });
      assert.match(reply, /^550 5\.6\.11 /);
    });

  test('a header section past its limit', async () => {
    const reply = await refused(
      async (client) => {
        for (let at = 0; at < 10_000; at++) await client.say('L', Buffer.from(`X-${at}\0 x\0`));
        await client.say('N');
      },
      { limits: { maxHeaderBytes: 50_000, maxReceivedFields: 100, maxOwnHops: 3, hostname: 'm' } },
    );
    assert.match(reply, /^552 5\.3\.4 Header section/);
  });

  test('10,000 header fields within it are taken', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    const bytes = `${Array.from({ length: 10_000 }, (_, at) => `X-${at}: y\r\n`).join('')}\r\n`;
    assert.equal(answered(await client.message({ bytes })).final, 'c');
    assert.equal(milter.seen[0]?.bytes.toString(), bytes);
  });

  test('a message past its limit, and what comes of it is not kept', async () => {
    const reply = await refused(
      async (client) => {
        await client.say('N');
        for (let at = 0; at < 40; at++) await client.say('B', Buffer.alloc(50_000, 'x'));
      },
      { maxMessageBytes: 100_000 },
    );
    assert.match(reply, /^552 5\.3\.4 Message exceeds/);
  });

  test('a message that comes round in a circle', async () => {
    const reply = await refused(async (client) => {
      for (let at = 0; at < 101; at++)
        await client.say('L', Buffer.from(`Received\0 from a by b; now\0`));
      await client.say('N');
    });
    assert.match(reply, /^554 5\.4\.6 Too many hops/);
  });
});

describe('time and number', () => {
  const timeouts = { ...defaultMilterTimeouts, optionsMs: 50, packetMs: 50 };

  for (const [name, first, then] of [
    ['a mail server that says nothing', nothing, nothing],
    ['a packet that does not end', greeted, raw(numbers(100), Buffer.from('Labc'))],
  ] as const)
    test(`${name} is cut off`, async () => {
      await using milter = await startTestMilter(undefined, { timeouts });
      await using client = await MilterClient.open(milter.address);
      await first(client);
      await then(client);
      assert.deepEqual(await client.end(), []);
      assert.equal(milter.faults[0]?.faultCause, 'timeout');
    });

  test('a packet that comes byte by byte is cut off as well', async () => {
    await using milter = await startTestMilter(undefined, { timeouts });
    await using client = await MilterClient.greeted(milter.address);
    client.socket.write(Buffer.concat([numbers(5000), Buffer.from('L')]));
    const drip = setInterval(() => client.socket.write('x'), 10);
    assert.deepEqual(await client.end(), []);
    clearInterval(drip);
    assert.equal(milter.faults[0]?.faultCause, 'timeout');
  });

  test('an idle session is closed', async () => {
    const idle = { ...defaultMilterTimeouts, idleMs: 50 };
    await using milter = await startTestMilter(undefined, { timeouts: idle });
    await using client = await MilterClient.greeted(milter.address);
    assert.deepEqual(await client.end(), []);
    assert.equal(milter.faults[0]?.faultCause, 'timeout');
  });

  test('a session past the limit is closed at once, and the others go on', async () => {
    await using milter = await startTestMilter(undefined, { maxSessions: 1 });
    await using client = await MilterClient.greeted(milter.address);
    await using other = await MilterClient.open(milter.address);
    assert.deepEqual(await other.end(), []);
    assert.equal(milter.faults[0]?.faultCause, 'sessions');
    assert.equal(answered(await client.message({ bytes: 'A: b\r\n\r\n' })).final, 'c');
    assert.equal(milter.sessions(), 1);
  });

  test('a mail server that goes away leaves nothing behind', async () => {
    await using milter = await startTestMilter(undefined);
    {
      await using client = await MilterClient.greeted(milter.address);
      await client.envelope({});
      await client.say('N');
      for (let at = 0; at < 20; at++) await client.say('B', Buffer.alloc(50_000, 'x'));
    }
    while (milter.sessions() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(milter.spool.usedBytes, 0);
    assert.equal(milter.seen.length, 0);
  });

  test('what is decided when nobody is there any more is not taken', async () => {
    const decided = Promise.withResolvers<undefined>();
    const told: number[] = [];
    await using milter = await startTestMilter(async ({ content }, nextHop) => {
      await decided.promise;
      const answer = await nextHop.deliver(Buffer.from('A: b\r\n'), content);
      told.push(answer.code);
      return answer;
    });
    {
      await using client = await MilterClient.greeted(milter.address);
      await client.envelope({});
      await client.content({ bytes: 'A: b\r\n\r\n' });
      client.send('E');
      while (milter.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      client.socket.resetAndDestroy();
      await once(client.socket, 'close');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    decided.resolve(undefined);
    while (milter.sessions() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(told, [451]);
    assert.deepEqual(milter.outcomes, ['failed']);
  });

  test('a stop lets a message end, closes idle sessions, and takes no new ones', async () => {
    const decided = Promise.withResolvers<undefined>();
    const milter = await startTestMilter(async ({ content }, nextHop) => {
      await decided.promise;
      return nextHop.deliver(Buffer.alloc(0), content);
    });
    await using idle = await MilterClient.greeted(milter.address);
    await using client = await MilterClient.greeted(milter.address);
    const answers = client.message({ bytes: 'A: b\r\n\r\n' });
    while (milter.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stopped = milter[Symbol.asyncDispose]();
    assert.deepEqual(await idle.end(), []);
    const late = connect(milter.address);
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
    decided.resolve(undefined);
    assert.equal(answered(await answers).final, 'c');
    assert.deepEqual(await client.end(), []);
    await stopped;
  });

  test('a port in use is told in one sentence', async () => {
    await using milter = await startTestMilter();
    await assert.rejects(startTestMilter(undefined, { listen: milter.address }), {
      message: /^cannot listen for mail servers on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
    });
  });
});
