import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ZoneRecords } from '../../src/commands/demo/zone.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { freePort } from '../support/smtp-ports.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { ourFields } from './our-fields.ts';
import { publishedLure, startSite, vendorMail, vendorRecords } from './site.ts';

// Rows of the failure table (DESIGN 9), each through the whole gateway.

test(
  'baseline store down: relayed unscored, and the gateway recovers by itself',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using redis = await startRedis();
    await redis.kill();
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({
      nextHop: nextHop.address,
      settings: { store: redis.url },
    });
    const message = await vendorMail();
    const verdict = async (): Promise<string> => {
      const [reply] = await site.send(message);
      assert.match(reply ?? '', /^250 /);
      return ourFields(nextHop.messages.at(-1), message)['X-Aliaswatch-Verdict'] ?? '';
    };
    assert.match(await verdict(), /^unavailable; cause=store; action=pass;/);
    await redis.restart();
    // Nothing tells when the gateway tries its store again but the next message.
    let latest = await verdict();
    for (let attempt = 0; attempt < 100 && latest.startsWith('unavailable'); attempt++) {
      await delay(100);
      latest = await verdict();
    }
    assert.match(latest, /^learning; action=pass;/);
  },
);

test(
  'baseline store hung: relayed unscored within its time limit',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using redis = await startRedis();
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({
      nextHop: nextHop.address,
      settings: { store: redis.url },
    });
    const message = await vendorMail();
    redis.signal('SIGSTOP');
    const startedMs = performance.now();
    assert.match((await site.send(message))[0] ?? '', /^250 /);
    const tookMs = performance.now() - startedMs;
    redis.signal('SIGCONT');
    assert.ok(tookMs < 2000, `${Math.round(tookMs)} ms`);
    const verdict = ourFields(nextHop.messages[0], message)['X-Aliaswatch-Verdict'] ?? '';
    assert.match(verdict, /^unavailable; cause=store; action=pass;/);
  },
);

const dnsFaults: readonly {
  readonly name: string;
  readonly fault: NonNullable<ZoneRecords['fault']>;
}[] = [
  { name: 'SERVFAIL', fault: 'servfail' },
  { name: 'no answer', fault: 'drop' },
];
for (const { name, fault } of dnsFaults) {
  test(`DNS ${name}: temperror, never fail, and relayed`, async () => {
    await using nextHop = await SmtpRecorder.start();
    const zone = Object.fromEntries(Object.keys(vendorRecords).map((owner) => [owner, { fault }]));
    const settings = { dnsTimeoutMs: 200, analysisDeadlineMs: 2000 };
    await using site = await startSite({ nextHop: nextHop.address, zone, settings });
    const message = await vendorMail();
    const [reply] = await site.send(message);
    assert.match(reply ?? '', /queued as R1/);
    const fields = ourFields(nextHop.messages[0], message);
    const results = fields['Authentication-Results'] ?? '';
    assert.match(results, /spf=temperror .*dkim=temperror .*dmarc=temperror/);
    assert.doesNotMatch(results, /=fail/);
    assert.match(fields['X-Aliaswatch-Verdict'] ?? '', /^unverified; action=pass;/);
  });
}

const refusals: readonly { readonly at: RegExp; readonly reply: string }[] = [
  { at: /^MAIL/, reply: '550-5.7.1 you are\r\n550 5.7.1 not welcome' },
  { at: /^RCPT/, reply: '550 5.1.1 no such user' },
  { at: /^DATA/, reply: '451 4.3.2 come back later' },
  { at: /^\.$/, reply: '554 5.7.0 not with this content' },
];
for (const { at, reply } of refusals) {
  test(`next hop refuses at ${at.source}: its reply, verbatim`, async () => {
    await using nextHop = await SmtpRecorder.start((line) => (at.test(line) ? reply : undefined));
    await using site = await startSite({ nextHop: nextHop.address });
    assert.deepEqual(await site.send(await vendorMail()), reply.split('\r\n'));
  });
}

test('next hop unreachable: 451 4.4.1, and mail flows once it is back', async () => {
  const port = await freePort();
  await using site = await startSite({ nextHop: { host: '127.0.0.1', port } });
  const message = await vendorMail();
  const [reply] = await site.send(message);
  assert.match(reply ?? '', /^451 4\.4\.1 /);
  await using nextHop = await SmtpRecorder.start(undefined, undefined, port);
  assert.match((await site.send(message))[0] ?? '', /^250 /);
  ourFields(nextHop.messages[0], message);
});

test('next hop lost at the final dot: 451, and the client keeps the mail', async () => {
  await using nextHop = await SmtpRecorder.start((line) => (line === '.' ? 'drop' : undefined));
  await using site = await startSite({ nextHop: nextHop.address });
  assert.match((await site.send(await vendorMail()))[0] ?? '', /^451 4\.4\.\d /);
});

test('quarantine cannot be written: 451 4.3.1, nothing relayed, nothing lost', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const directory = join(site.stateDir, 'quarantine');
  await rm(directory, { recursive: true });
  const message = await vendorMail({ tenant: publishedLure });
  assert.match((await site.send(message))[0] ?? '', /^451 4\.3\.1 /);
  await mkdir(directory);
  assert.match((await site.send(message))[0] ?? '', /^250 2\.0\.0 Held for review/);
  assert.equal((await readdir(directory)).filter(isEntryFile).length, 2);
  assert.deepEqual(nextHop.messages, []);
});

const isEntryFile = (name: string) => /\.(?:eml|json)$/.test(name);

/** Kinds of mail that parsers stumble over. */
const malformed: readonly {
  readonly name: string;
  readonly fields: readonly string[];
  readonly body: string;
}[] = [
  {
    name: 'a multipart without its boundary',
    fields: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="never"'],
    body: 'no part at all',
  },
  {
    name: 'multiparts nested 500 deep',
    fields: ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="b0"'],
    body: Array.from(
      { length: 500 },
      (_, depth) => `--b${depth}\r\nContent-Type: multipart/mixed; boundary="b${depth + 1}"\r\n`,
    ).join('\r\n'),
  },
  {
    name: 'base64 that is none, in a character set that does not exist',
    fields: [
      'MIME-Version: 1.0',
      'Content-Type: text/html; charset=x-none',
      'Content-Transfer-Encoding: base64',
    ],
    body: '<<<< *** >>>>\r\n=\r\n===',
  },
  {
    name: 'header lines that are no fields',
    fields: ['this is not a field', ': nor this', 'MIME-Version'],
    body: 'hello',
  },
  {
    name: 'a byte order mark, 8-bit bytes and a NUL written as text',
    fields: ['X-Odd: \u00e4\u00f6\u00fc \ufeff'],
    body: '\ufeff\u00e4 =00 \u{1f4a3}',
  },
];
for (const { name, fields, body } of malformed) {
  test(`${name}: read as far as it goes, relayed with the same bytes`, async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({ nextHop: nextHop.address });
    const message = Buffer.from(await vendorMail({ fields, body }));
    assert.match((await site.send(message))[0] ?? '', /queued as R1/);
    const verdict = ourFields(nextHop.messages[0], message)['X-Aliaswatch-Verdict'] ?? '';
    assert.match(verdict, /^learning; action=pass;/);
  });
}

test('more text than is analysed: relayed with the same bytes, tagged on a watched alias', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const message = await vendorMail({ body: 'All work and no play.\r\n'.repeat(100_000).trimEnd() });
  assert.match((await site.send(message))[0] ?? '', /queued as R1/);
  const verdict = ourFields(nextHop.messages[0], message)['X-Aliaswatch-Verdict'] ?? '';
  assert.match(verdict, /^unavailable; cause=limit; action=tag;/);
});
