import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendor, vendorMail, type Site } from './site.ts';

/** The lure is tagged for everybody and held for one domain. */
async function twoPolicies(nextHop: SmtpRecorder): Promise<Site> {
  return startSite({
    nextHop: nextHop.address,
    settings: { mode: null },
    policy: {
      mode: 'tag',
      overrides: [
        { for: { recipientDomain: new Set(['held.example']) }, set: { mode: 'enforce' } },
        { for: { recipientDomain: new Set(['quiet.example']) }, set: { mode: 'shadow' } },
      ],
    },
  });
}

const refused = '452 4.5.3 Send this recipient in another transaction';

test('recipients under two policies share a transaction only where none of it could be held', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await twoPolicies(nextHop);
  await using client = await SmtpDialogue.greeted(site.server.smtp);

  await client.command(`MAIL FROM:<${vendor.address}>`, 250);
  await client.command('RCPT TO:<a@held.example>', 250);
  assert.deepEqual(await client.command('RCPT TO:<b@elsewhere.example>', 452), [refused]);
  await client.command('RCPT TO:<c@held.example>', 250);
  const [held = ''] = await client.data(await vendorMail({ tenant: publishedLure }), 250);
  assert.match(held, /^250 2\.0\.0 Held for review as /);
  assert.equal(nextHop.messages.length, 0);

  // The client comes back with the one that was left.
  await client.command(`MAIL FROM:<${vendor.address}>`, 250);
  await client.command('RCPT TO:<b@elsewhere.example>', 250);
  assert.deepEqual(await client.command('RCPT TO:<a@held.example>', 452), [refused]);
  await client.data(await vendorMail({ tenant: publishedLure }), 250);
  const delivered = nextHop.messages.at(-1);
  assert.match(
    delivered?.toString('latin1') ?? '',
    /^X-Aliaswatch-Verdict: anomalous; action=tag;/m,
  );

  const session = nextHop.sessions.find(({ messages }) => messages.length > 0);
  assert.deepEqual(
    session?.commands.filter((line) => /^(?:RCPT|RSET|DATA)/.test(line)),
    [
      'RCPT TO:<a@held.example>',
      'RCPT TO:<c@held.example>',
      'RSET',
      'RCPT TO:<b@elsewhere.example>',
      'DATA',
    ],
    'the next hop never sees a recipient that was refused here',
  );
});

test('a recipient that the next hop refused decides nothing', async () => {
  await using nextHop = await SmtpRecorder.start((line) =>
    line.includes('gone@held.example') ? '550 5.1.1 no such user' : undefined,
  );
  await using site = await twoPolicies(nextHop);
  await using client = await SmtpDialogue.greeted(site.server.smtp);
  await client.command(`MAIL FROM:<${vendor.address}>`, 250);
  await client.command('RCPT TO:<gone@held.example>', 550);
  await client.command('RCPT TO:<b@elsewhere.example>', 250);
});

test('shadow and tag share one, and it is tagged for all', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await twoPolicies(nextHop);
  await using client = await SmtpDialogue.greeted(site.server.smtp);
  await client.command(`MAIL FROM:<${vendor.address}>`, 250);
  await client.command('RCPT TO:<b@elsewhere.example>', 250);
  await client.command('RCPT TO:<d@quiet.example>', 250);
  await client.data(await vendorMail({ tenant: publishedLure }), 250);
  assert.match(
    nextHop.messages[0]?.toString('latin1') ?? '',
    /^X-Aliaswatch-Verdict: anomalous; action=tag;/m,
  );
});
