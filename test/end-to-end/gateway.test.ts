import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import { deliverOnce } from '../../src/smtp/deliver-once.ts';
import { plainRoute } from '../../src/smtp/next-hop-settings.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { ourFields } from './our-fields.ts';
import {
  gatewayName,
  publishedLure,
  startSite,
  vendor,
  vendorMail,
  vendorRecords,
} from './site.ts';

test('honest mail is authenticated and relayed under our fields', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const message = await vendorMail();
  const [reply] = await site.send(message);
  assert.equal(reply, '250 2.0.0 Ok: queued as R1');
  const fields = ourFields(nextHop.messages[0], message);
  assert.deepEqual(Object.keys(fields), [
    'X-Aliaswatch-Verdict',
    'Authentication-Results',
    'Received',
  ]);
  assert.match(
    fields['X-Aliaswatch-Verdict'] ?? '',
    /^learning; action=pass; .*alias=microsoft-online-services; n=0; mature=no/,
  );
  assert.match(
    fields['Authentication-Results'] ?? '',
    /^gateway\.test; spf=pass .*dkim=pass .*dmarc=pass/,
  );
});

test('unwatched mail gets its authentication results and nothing else', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const message =
    'From: ann@example.org\r\nTo: jo@example.test\r\nSubject: lunch\r\n\r\n.\r\n..\r\nhello\r\n';
  await site.send(message);
  const fields = ourFields(nextHop.messages[0], message);
  assert.deepEqual(Object.keys(fields), ['Authentication-Results', 'Received']);
});

test('fields that forge ours are removed, the rest of the message stays', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const forged = `Authentication-Results: ${gatewayName}; dkim=pass\r\nX-Aliaswatch-Verdict: clean\r\n`;
  const message = await vendorMail();
  await site.send(forged + message);
  const fields = ourFields(nextHop.messages[0], message);
  assert.match(fields['X-Aliaswatch-Verdict'] ?? '', /^learning;/);
});

test('a held message answers 250 with its id, is on disk, and leaves as it came', async (t) => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const message = await vendorMail({ tenant: publishedLure });
  const [reply = ''] = await site.send(message);
  const id = /^250 2\.0\.0 Held for review as ([0-9a-z]{20})$/.exec(reply)?.[1] ?? '';
  assert.notEqual(id, '', reply);
  assert.deepEqual(nextHop.messages, []);
  const directory = join(site.stateDir, 'quarantine');

  await t.test('message and description are files', async () => {
    const files = (await readdir(directory)).filter((name) => name.startsWith(id));
    assert.deepEqual(files.sort(), [`${id}.eml`, `${id}.json`]);
    const held = await buffer(
      (await (await openQuarantine(directory, { create: false })).read(id)).stream(),
    );
    const fields = ourFields(held, message);
    assert.match(fields['X-Aliaswatch-Verdict'] ?? '', /^anomalous; action=quarantine;/);
    assert.match(fields['X-Aliaswatch-Reason'] ?? '', /in the subject/);
  });
  await t.test('a release sends the same bytes to its recipient', async () => {
    const quarantine = await openQuarantine(directory, { create: false });
    const outcome = await releaseHeld(quarantine, id, {
      deliver: (envelope, content) =>
        deliverOnce(plainRoute(nextHop.address, gatewayName), envelope, content),
      now: new Date(),
    });
    assert.equal(outcome.allDelivered, true);
    const fields = ourFields(nextHop.messages[0], message);
    assert.deepEqual(Object.keys(fields), [
      'X-Aliaswatch-Released',
      'X-Aliaswatch-Verdict',
      'X-Aliaswatch-Reason',
      'Authentication-Results',
      'Received',
    ]);
    assert.deepEqual(
      nextHop.mailSessions.at(-1)?.commands.filter((line) => line.startsWith('RCPT')),
      ['RCPT TO:<jo@example.test>'],
    );
  });
});

const modes = [
  {
    mode: 'shadow',
    verdict: /^anomalous; action=pass; would=quarantine; mode=shadow;/,
    explained: false,
  },
  { mode: 'tag', verdict: /^anomalous; action=tag;/, explained: true },
] as const;
for (const { mode, verdict, explained } of modes) {
  test(`mode ${mode} relays what enforce would hold`, async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({ nextHop: nextHop.address, settings: { mode } });
    const message = await vendorMail({ tenant: publishedLure });
    const [reply] = await site.send(message);
    assert.match(reply ?? '', /queued as R1/);
    const fields = ourFields(nextHop.messages[0], message);
    assert.match(fields['X-Aliaswatch-Verdict'] ?? '', verdict);
    assert.equal('X-Aliaswatch-Reason' in fields, explained);
  });
}

test('mail that claims the alias without its signature is impersonation', async () => {
  await using nextHop = await SmtpRecorder.start();
  const zone = { ...vendorRecords, [vendor.domain]: { TXT: ['v=spf1 -all'] } };
  await using site = await startSite({ nextHop: nextHop.address, zone });
  const message = `From: ${vendor.address}\r\nTo: jo@example.test\r\nSubject: hello\r\n\r\nhello\r\n`;
  await site.send(message);
  const fields = ourFields(nextHop.messages[0], message);
  assert.match(fields['X-Aliaswatch-Verdict'] ?? '', /^impersonation; action=tag;/);
});
