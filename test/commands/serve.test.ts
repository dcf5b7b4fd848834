import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder, type Script } from '../support/smtp-recorder.ts';
import { openShell } from './shell.ts';

const shell = await openShell();

const refuseRelay: Script = (line) =>
  line.includes('relay-test@example.org') ? '554 5.7.1 Relay access denied' : undefined;

type LogLine = Readonly<Record<string, unknown>>;
type Served = {
  readonly child: ChildProcess;
  readonly lines: LogLine[];
  readonly smtp: HostPort;
  readonly http: string;
};

/** `serve` as a process on free ports, once it is ready. Every line it prints must be JSON. */
async function serve(nextHop: HostPort, ...flags: readonly string[]): Promise<Served> {
  const child = shell.start([
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--http',
    '127.0.0.1:0',
    '--next-hop',
    `${nextHop.host}:${nextHop.port}`,
    ...flags,
  ]);
  after(() => child.kill('SIGKILL'));
  const lines: LogLine[] = [];
  const ready = Promise.withResolvers<LogLine>();
  child.once('close', () => ready.reject(new Error(`ended early: ${JSON.stringify(lines)}`)));
  createInterface(child.stdout!).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    if (line['msg'] === 'ready') ready.resolve(line);
  });
  const { smtp, http } = (await ready.promise) as { readonly smtp: string; readonly http: string };
  const address = parseHostPort(smtp);
  assert.ok(address.ok);
  return { child, lines, smtp: address.value, http };
}

test('takes mail, relays it, logs it, and ends with code 0 on SIGTERM', async () => {
  await using recorder = await SmtpRecorder.start(refuseRelay);
  const { child, lines, smtp, http } = await serve(recorder.address);
  const healthy = await fetch(`http://${http}/readyz`);
  assert.equal(healthy.status, 200);
  {
    await using client = await SmtpDialogue.greeted(smtp);
    await client.command('MAIL FROM:<ann@example.org>', 250);
    await client.command('RCPT TO:<ben@example.com>', 250);
    await client.data('From: ann@example.org\r\nSubject: private matter\r\n\r\nhello\r\n', 250);
    await client.command('QUIT', 221);
  }
  assert.equal(recorder.messages.length, 1);
  assert.match(
    recorder.messages[0]!.toString(),
    /From: ann@example\.org\r\nSubject: private matter\r\n\r\nhello\r\n$/,
  );
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  assert.deepEqual(await closed, [0, null]);
  assert.deepEqual(
    lines
      .map((line) => line['msg'])
      .filter((msg) => msg !== 'smtp' && !String(msg).startsWith('the next hop does not learn')),
    [
      'nobody is told of held mail: name an administrator with noticeTo',
      'listening',
      'ready',
      'transaction',
      'stopping',
      'audit head',
    ],
  );
  assert.doesNotMatch(JSON.stringify(lines), /private matter/);
  // The quarantine's index is made when it is first asked, which may come before the end or not.
  const left = (await readdir(shell.path('state'))).filter(
    (name) => name !== 'baselines.db-quarantine',
  );
  assert.deepEqual(left.sort(), [
    'audit',
    'baselines.db',
    'baselines.db-audit',
    'baselines.db-live',
    'baselines.db-organization',
    'baselines.db-review',
    'baselines.db-rules',
    'notice-links.key',
    'notices.db',
    'pseudonym.key',
    'quarantine',
    'spool',
    'state.format',
    'state.lock',
    'vectors.db',
  ]);
});

test('waits for a transaction on the first signal, and for nothing on the second', async () => {
  await using recorder = await SmtpRecorder.start(refuseRelay);
  const { child, lines, smtp } = await serve(recorder.address);
  await using client = await SmtpDialogue.greeted(smtp);
  await client.command('MAIL FROM:<ann@example.org>', 250);
  const stopping = new Promise((resolve) => {
    createInterface(child.stdout!).on('line', (line) => {
      if (line.includes('"stopping"')) resolve(undefined);
    });
  });
  const closed = once(child, 'close');
  child.kill('SIGINT');
  await stopping;
  await client.command('RCPT TO:<ben@example.com>', 250);
  assert.equal(child.exitCode, null, 'still draining');
  child.kill('SIGINT');
  assert.deepEqual(await closed, [130, null]);
  assert.equal(lines.at(-1)?.['msg'], 'stopping');
});

test('warns of a next hop that relays for strangers', async () => {
  await using recorder = await SmtpRecorder.start();
  const { child, lines, http } = await serve(recorder.address);
  const warned = () => lines.find((line) => String(line['msg']).startsWith('open relay suspected'));
  while (warned() === undefined) await once(child.stdout!, 'data');
  assert.equal(warned()?.['level'], 'warn');
  // It does not offer XCLIENT either.
  assert.ok(lines.some(({ msg }) => String(msg).startsWith('the next hop does not learn who')));
  const metrics = await (await fetch(`http://${http}/metrics`)).text();
  assert.match(metrics, /^aliaswatch_open_relay_suspected 1$/m);
  assert.deepEqual(recorder.messages, []);
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  assert.deepEqual(await closed, [0, null]);
});

test('starts while the next hop is down, and the client keeps its mail', async () => {
  const recorder = await SmtpRecorder.start();
  const { address } = recorder;
  await recorder[Symbol.asyncDispose]();
  const { child, smtp } = await serve(address);
  {
    await using client = await SmtpDialogue.greeted(smtp);
    const [reply = ''] = await client.command('MAIL FROM:<ann@example.org>', 451);
    assert.match(reply, /^451 4\.4\./);
  }
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  assert.deepEqual(await closed, [0, null]);
});
