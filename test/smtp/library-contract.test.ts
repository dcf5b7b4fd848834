import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { test } from 'node:test';
import SMTPClient from 'nodemailer/lib/smtp-connection';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { smtpServerInternals } from '../../src/smtp/smtp-server-internals.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

test('smtp-server still has what we use beyond its documented API', () => {
  const server = new SMTPServer({ logger: false });
  const connection = new SMTPConnection(server, new Socket());
  for (const name of smtpServerInternals.connection) assert.ok(name in connection, name);
  for (const name of smtpServerInternals.handlers) assert.ok(`handler_${name}` in connection, name);
  const stream = new SMTPStream();
  for (const name of smtpServerInternals.stream) assert.ok(name in stream, name);
});

test('nodemailer hands over a connected socket and the last reply', async () => {
  await using recorder = await SmtpRecorder.start(undefined, ['DSN']);
  const client = new SMTPClient({ ...recorder.address, name: 'front.test', secure: false });
  await new Promise<void>((resolve, reject) => {
    client.connect((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  assert.equal(client.lastServerResponse, '250-recorder.test\n250 DSN');
  const socket = client._socket;
  assert.ok(socket instanceof Socket);
  socket.removeAllListeners('data').removeAllListeners('timeout');
  socket.write('NOOP\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.equal(answer.toString(), '250 2.1.0 Ok\r\n');
  socket.destroy();
});
