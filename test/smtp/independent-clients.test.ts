import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { requireInstalled } from '../support/installed.ts';
import { startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

/** Clients that others wrote, each with its own idea of SMTP: what they send arrives as they sent it. */
const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-clients-'));
after(() => rm(folder, { recursive: true }));
const message =
  'From: a@s.example\r\nTo: b@r.example\r\nSubject: hello\r\n\r\nfirst\r\n..two dots\r\n.\u00e9nd\r\n';
const file = join(folder, 'message.eml');
await writeFile(file, message);

const smtplib = `
import smtplib, sys
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as client:
    client.ehlo('client.example')
    client.sendmail('a@s.example', ['b@r.example', 'c@r.example'], open(sys.argv[2], 'rb').read(), ['BODY=8BITMIME'])
`;

type Client = {
  readonly program: string;
  readonly aptPackage: string;
  readonly recipients: number;
  readonly call: (port: number) => readonly string[];
};
const clients: readonly Client[] = [
  {
    program: 'curl',
    aptPackage: 'curl',
    recipients: 2,
    call: (port) => [
      '-sS',
      '--url',
      `smtp://127.0.0.1:${port}/client.example`,
      '--mail-from',
      'a@s.example',
      '--mail-rcpt',
      'b@r.example',
      '--mail-rcpt',
      'c@r.example',
      '--upload-file',
      file,
    ],
  },
  {
    program: 'swaks',
    aptPackage: 'swaks',
    recipients: 2,
    call: (port) => [
      '--server',
      '127.0.0.1',
      '--port',
      String(port),
      '--ehlo',
      'client.example',
      '--from',
      'a@s.example',
      '--to',
      'b@r.example,c@r.example',
      '--pipeline',
      '--data',
      `@${file}`,
    ],
  },
  {
    program: 'python3',
    aptPackage: 'python3',
    recipients: 2,
    call: (port) => ['-c', smtplib, String(port), file],
  },
];
for (const { program, aptPackage, recipients, call } of clients) {
  test(
    `a message sent by ${program}`,
    { skip: requireInstalled(program, aptPackage) },
    async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address);
      await run(program, [...call(frontHop.address.port)], { timeout: 20_000 });
      assert.equal(recorder.messages.length, 1);
      const relayed = recorder.messages[0] ?? Buffer.alloc(0);
      assert.equal(relayed.toString().trimEnd(), `${testPrefix.toString()}${message}`.trimEnd());
      const recipientCommands = recorder.sessions
        .flatMap(({ commands }) => commands)
        .filter((line) => line.startsWith('RCPT'));
      assert.equal(recipientCommands.length, recipients);
      assert.deepEqual(frontHop.errors, []);
    },
  );
}
