import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import type { Content } from '../../src/smtp/content.ts';
import { defaultTimeouts } from '../../src/smtp/next-hop-settings.ts';
import type { Reply } from '../../src/smtp/reply.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder, type Fault } from '../support/smtp-recorder.ts';

const message = 'Subject: hello\r\n\r\nbody\r\n';
const unavailable = /^451 4\.4\.1 Next hop is not available/;
const timeouts = {
  ...defaultTimeouts,
  nextHopConnectMs: 200,
  nextHopReplyMs: 200,
  nextHopFinalReplyMs: 200,
};

async function stages(client: SmtpDialogue): Promise<Record<string, string>> {
  const replies: Record<string, string> = {};
  for (const line of ['MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test>', 'DATA']) {
    client.send(line);
    const [answer = ''] = await client.expectAny();
    replies[line.slice(0, 4)] = answer;
    if (answer.startsWith('421')) return replies;
  }
  if (replies['DATA']?.startsWith('354') === true) {
    client.send(Buffer.from(`${message}.\r\n`));
    replies['.'] = (await client.expectAny())[0] ?? '';
  }
  return replies;
}

/** What a step counts as, where it is not called so. */
const nextHopStep: Readonly<Record<string, string>> = {
  greeting: 'connect',
  EHLO: 'connect',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  'the final dot': 'data',
};

describe('next hop lost', () => {
  const lost: readonly { at: RegExp; name: string; first: string }[] = [
    { name: 'greeting', at: /^$/, first: 'MAIL' },
    { name: 'EHLO', at: /^EHLO/, first: 'MAIL' },
    { name: 'MAIL', at: /^MAIL/, first: 'MAIL' },
    { name: 'RCPT', at: /^RCPT/, first: 'RCPT' },
    { name: 'DATA', at: /^DATA/, first: '.' },
    { name: 'the final dot', at: /^\.$/, first: '.' },
  ];
  const faults: readonly Fault[] = ['drop', 'silence'];
  for (const { name, at, first } of lost) {
    for (const fault of faults) {
      test(`${fault} at ${name}: 451, and the next transaction works`, async () => {
        await using recorder = await SmtpRecorder.start();
        await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
          timeouts,
        });
        await using client = await SmtpDialogue.greeted(frontHop.address);
        recorder.script = (line) => (at.test(line) ? fault : undefined);
        const replies = await stages(client);
        assert.match(replies[first] ?? '', unavailable);
        const step = nextHopStep[name] ?? '';
        assert.equal(frontHop.nextHopSteps.at(-1), `${step} lost`);
        assert.ok(frontHop.errors.length > 0);
        assert.ok(frontHop.errors.every(({ cause }) => cause instanceof Error));
        recorder.script = () => undefined;
        await client.command('RSET', 250);
        assert.match((await stages(client))['.'] ?? '', /^250 2\.0\.0 Ok: queued/);
      });
    }

    test(`421 at ${name} goes to the client, and both close`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.greeted(frontHop.address);
      recorder.script = (line) => (at.test(line) ? '421 4.3.2 shutting down' : undefined);
      const replies = await stages(client);
      assert.equal(replies[first], '421 4.3.2 shutting down');
      await client.expectClose();
      await recorder.until(({ openSockets }) => openSockets === 0);
      // RFC 5321 §4.2.1: after 421 there is nobody to talk to.
      const said = recorder.sessions.slice(1).flatMap(({ commands }) => commands);
      assert.doesNotMatch(said.join(), /RSET|QUIT/);
    });
  }

  test('refused: 451 to MAIL, EHLO still works, and it recovers by itself', async () => {
    const recorder = await SmtpRecorder.start();
    const { address } = recorder;
    await recorder[Symbol.asyncDispose]();
    await using frontHop = await startTestFrontHop(address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.match((await client.command('MAIL FROM:<a@s.test>', 451))[0]!, unavailable);
    await using again = await SmtpRecorder.start(undefined, undefined, address.port);
    assert.match((await stages(client))['.'] ?? '', /^250 /);
    assert.equal(again.messages.length, 1);
  });

  test('a 554 greeting is a fault between us and the next hop: the client keeps the mail', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === '' ? '554 5.7.1 go away' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.match((await client.command('MAIL FROM:<a@s.test>', 451))[0]!, unavailable);
  });

  const nonsense = ['hello', '999 what', '250-a\r\n550 b', '354 now?', `250-${'x'.repeat(70_000)}`];
  for (const answer of nonsense) {
    test(`a reply that is none: ${JSON.stringify(answer.slice(0, 20))}`, async () => {
      await using recorder = await SmtpRecorder.start((line) =>
        line.startsWith('MAIL') ? answer : undefined,
      );
      await using frontHop = await startTestFrontHop(recorder.address);
      await using client = await SmtpDialogue.greeted(frontHop.address);
      assert.match((await client.command('MAIL FROM:<a@s.test>', 451))[0]!, unavailable);
    });
  }

  test('lost after an accepted recipient: the others and DATA get 451, not 354', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line.includes('<lost@') ? 'drop' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    client.send(
      'MAIL FROM:<a@s.test>',
      'RCPT TO:<b@e.test>',
      'RCPT TO:<lost@e.test>',
      'RCPT TO:<c@e.test>',
      'DATA',
    );
    for (const code of [250, 250, 451, 451]) await client.expect(code);
    assert.match((await client.expect(451))[0]!, unavailable);
    await client.command('NOOP', 250);
  });

  test('closed while idle: the next MAIL opens a new session, the client notices nothing', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === '.' ? '250 2.0.0 Ok\r\n421 4.4.2 idle for too long\r\ndrop' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.equal((await stages(client))['.'], '250 2.0.0 Ok');
    assert.equal((await stages(client))['.'], '250 2.0.0 Ok');
    assert.equal(recorder.mailSessions.length, 2);
  });

  test('a refusal in the middle of DATA is the final reply', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === 'DATA' ? '354 go ahead\r\n552 5.3.4 too big' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.equal((await stages(client))['.'], '552 5.3.4 too big');
    assert.equal(recorder.messages.length, 0);
  });

  test('a refusal in the middle of DATA counts although the next hop hangs up after it', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === 'DATA' ? '354 go ahead\r\n552 5.3.4 too big\r\ndrop' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address, ({ content }, nextHop) => {
      async function* slowly(): AsyncGenerator<Buffer> {
        await recorder.until(({ mailSessions }) => mailSessions[0]!.closed);
        yield await content.prefix(content.sizeBytes);
      }
      return nextHop.deliver(testPrefix, inPieces(content, slowly()));
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.equal((await stages(client))['.'], '552 5.3.4 too big');
  });

  // eslint-disable-next-line @typescript-eslint/require-await -- a stream that fails is an async generator
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('half\r\n');
    throw new Error('disk');
  }
  const unreadable: readonly [size: string, unreadable: (content: Content) => Content][] = [
    ['small', (content) => ({ ...content, prefix: () => Promise.reject(new Error('disk')) })],
    ['large', (content) => inPieces(content, failing())],
  ];
  for (const [size, broken] of unreadable)
    test(`${size} content that cannot be read is a 451, and the next hop gets no half message`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address, ({ content }, nextHop) =>
        nextHop.deliver(testPrefix, broken(content)),
      );
      await using client = await SmtpDialogue.greeted(frontHop.address);
      assert.equal((await stages(client))['.'], '451 4.3.0 Local error, try again later');
      assert.deepEqual(frontHop.errors.map(String), ['Error: disk']);
      await recorder.until(({ openSockets }) => openSockets === 0);
      assert.deepEqual(recorder.messages, []);
    });

  test('a 250 before the final dot is no promise', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === 'DATA' ? '354 go ahead\r\n250 2.0.0 thanks already' : undefined,
    );
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    assert.match((await stages(client))['.'] ?? '', unavailable);
  });
});

describe('client gone', () => {
  for (const how of ['destroy', 'resetAndDestroy'] as const) {
    test(`before the final dot at the next hop (${how}): it gets no message`, async () => {
      const arrived = Promise.withResolvers<undefined>();
      const left = Promise.withResolvers<undefined>();
      const outcome = Promise.withResolvers<Reply>();
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(
        recorder.address,
        async ({ content }, nextHop) => {
          arrived.resolve(undefined);
          await left.promise;
          const answer = await nextHop.deliver(testPrefix, content);
          outcome.resolve(answer);
          return answer;
        },
      );
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.command('DATA', 354);
      client.send(Buffer.from(`${'x'.repeat(300_000)}\r\n.\r\n`));
      await arrived.promise;
      client.socket[how]();
      left.resolve(undefined);
      assert.equal((await outcome.promise).code, 451);
      await recorder.until(({ openSockets }) => openSockets === 0);
      assert.deepEqual(recorder.messages, []);
      assert.ok(recorder.mailSessions[0]!.wire.includes('xxxx'), 'the message was on its way');
    });
  }

  test('in the middle of DATA: the next hop sees no DATA', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.command('DATA', 354);
    client.send(Buffer.from('Subject: half'));
    client.socket.end();
    await recorder.until(({ mailSessions }) => mailSessions[0]!.closed);
    assert.equal(recorder.mailSessions[0]!.commands.includes('DATA'), false);
  });

  test('while the next hop is being connected: nothing stays open', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    recorder.script = () => 'silence';
    client.send('MAIL FROM:<a@s.test>');
    await recorder.until(({ sessions }) => sessions.length === 2);
    client.socket.destroy();
    await recorder.until(({ openSockets }) => openSockets === 0);
  });
});

test('an idle client gets 421', async () => {
  await using recorder = await SmtpRecorder.start();
  const impatient = { ...defaultTimeouts, clientIdleMs: 100 };
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
    timeouts: impatient,
  });
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.command('MAIL FROM:<a@s.test>', 250);
  await client.expect(421);
  await client.expectClose();
  await recorder.until(({ mailSessions }) => mailSessions[0]!.closed);
});

/** So much that it is not read at once. */
function inPieces(content: Content, pieces: AsyncIterable<Buffer>): Content {
  return { ...content, sizeBytes: 1_000_000, stream: () => Readable.from(pieces) };
}
