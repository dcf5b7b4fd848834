import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSite } from '../end-to-end/site.ts';
import { freePort } from '../support/smtp-ports.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { openShell } from './shell.ts';

const shell = await openShell();

test('honest mail passes, authenticated by its own DNS, and the attack is held', async () => {
  await using nextHop = await SmtpRecorder.start();
  const dns = { host: '127.0.0.1', port: await freePort() };
  await using site = await startSite({ nextHop: nextHop.address, settings: { dns: [dns] } });
  const { code, json, stderr } = await shell.runJson([
    'simulate',
    ...[
      '--gateway',
      `127.0.0.1:${site.server.smtp.port}`,
      '--rcpt',
      'jo@example.test,an@example.test',
    ],
    ...['--answer-dns', `127.0.0.1:${dns.port}`, '--honest', '4', '--copies', '3'],
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(json, {
    honest: { '250 2.0.0 Ok: queued': 4 },
    attack: { '250 2.0.0 Held for review': 3 },
  });
  const delivered = nextHop.messages.map(String);
  const verdicts = delivered.map((it) => /^X-Aliaswatch-Verdict: (\w+)/m.exec(it)?.[1]);
  assert.deepEqual(verdicts, ['learning', 'learning', 'learning', 'learning']);
  assert.match(delivered[0] ?? '', /spf=pass[^]*dkim=pass[^]*dmarc=pass/);
});

test('an address that is none is said', async () => {
  const { code, stderr } = await shell.run(['simulate', '--gateway', 'x', '--rcpt', 'a@b.test']);
  assert.equal(code, 2);
  assert.match(stderr, /^error: --gateway: `x` has no port/);
});
