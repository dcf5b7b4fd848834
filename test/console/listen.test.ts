import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { test } from 'node:test';
import { listenForConsole } from '../../src/console/listen.ts';
import { requireInstalled } from '../support/installed.ts';
import { makeCertificate } from '../support/self-signed.ts';

const skip = requireInstalled('openssl', 'openssl');
const anyPort = { host: '127.0.0.1', port: 0 };
const handle = (_: IncomingMessage, response: { end: (text: string) => unknown }) =>
  void response.end('hello');

async function subjectAt(port: number): Promise<string> {
  const outgoing = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { socket } = incoming;
  assert.ok(socket instanceof TLSSocket);
  incoming.resume();
  return String(socket.getPeerCertificate().subject.CN);
}

test('https with a certificate, and with the renewed one once it is there', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-tls-'));
  t.after(() => rm(folder, { recursive: true }));
  const [first, second] = [
    await makeCertificate(folder, 'one.test'),
    await makeCertificate(folder, 'two.test'),
  ];
  const errors: Error[] = [];
  const onError = (error: Error) => void errors.push(error);
  const certificate = { ...first, everyMs: 20 };
  await using console = await listenForConsole({ listen: anyPort, certificate, handle, onError });
  const { port } = console.address;
  assert.equal(await subjectAt(port), 'one.test');
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'nothing in the clear');
  await copyFile(second.keyFile, first.keyFile);
  await copyFile(second.certFile, first.certFile);
  for (let looks = 0; looks < 200 && (await subjectAt(port)) !== 'two.test'; looks++)
    await sleep(20);
  assert.equal(await subjectAt(port), 'two.test');
});

test('a certificate that cannot be used is an error at the start', async () => {
  const certificate = { certFile: '/nonexistent.crt', keyFile: '/nonexistent.key' };
  const listening = listenForConsole({
    listen: anyPort,
    certificate,
    handle,
    onError: () => undefined,
  });
  await assert.rejects(listening, /the certificate \/nonexistent\.crt .* cannot be used/);
});

test('a port in use is an error, and closing frees it', async () => {
  const options = { certificate: null, handle, onError: () => undefined };
  const first = await listenForConsole({ ...options, listen: anyPort });
  await assert.rejects(listenForConsole({ ...options, listen: first.address }), {
    code: 'EADDRINUSE',
  });
  await first[Symbol.asyncDispose]();
  const again = await listenForConsole({ ...options, listen: first.address });
  await again[Symbol.asyncDispose]();
});
