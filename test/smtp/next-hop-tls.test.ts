import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const message = `Subject: hello\r\n\r\n${'.line\r\n'.repeat(20_000)}`;

test('STARTTLS is used where it is offered, whatever the certificate, also after XCLIENT', async () => {
  const received: { secure: boolean; address: string; message: string }[] = [];
  // With the certificate that comes with smtp-server; nobody would trust it.
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    useXClient: true,
    onData: (stream, { secure, remoteAddress }, done) => {
      void buffer(stream).then((bytes) => {
        received.push({ secure, address: remoteAddress, message: bytes.toString() });
        done(null, 'thanks');
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  {
    const { port } = server.server.address() as AddressInfo;
    await using frontHop = await startTestFrontHop({ host: '127.0.0.1', port });
    await using client = await SmtpDialogue.greeted(frontHop.address, '127.0.0.4');
    for (let round = 0; round < 2; round++) {
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      assert.deepEqual(await client.data(message.replaceAll('\r\n.', '\r\n..'), 250), [
        '250 thanks',
      ]);
    }
  }
  const expected = {
    secure: true,
    address: '127.0.0.4',
    message: `${testPrefix.toString()}${message}`,
  };
  assert.deepEqual(received, [expected, expected]);
  await new Promise<void>((resolve) => {
    server.close(resolve);
  });
});

test('STARTTLS refused: the session goes on without, and its extensions are known', async () => {
  await using recorder = await SmtpRecorder.start(
    (line) => (line === 'STARTTLS' ? '454 4.7.0 not now' : undefined),
    ['STARTTLS', 'DSN'],
  );
  await using frontHop = await startTestFrontHop(recorder.address);
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.command('MAIL FROM:<a@s.test> RET=FULL', 250);
  assert.deepEqual(recorder.mailSessions[0]!.commands, [
    'EHLO front.test',
    'STARTTLS',
    'EHLO front.test',
    'MAIL FROM:<a@s.test> RET=FULL',
  ]);
});
