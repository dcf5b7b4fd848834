import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { skipWithoutForeignMta, startForeignMta } from '../support/foreign-mta.ts';
import { skipWithoutPostfix, startPostfix, type Postfix } from '../support/postfix.ts';
import { freePort } from '../support/smtp-ports.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, sendTo, startSite, vendorMail, type Site } from '../end-to-end/site.ts';
import { root } from './compose-file.ts';

const run = promisify(execFile);
const recipe = (path: string) => readFile(join(root, 'deploy', path), 'utf8');
/** Not the address that we and the mail server share. */
const client = '127.0.0.9';

/** What every recipe is for. */
async function assertFrontHop(
  site: Site,
  mailbox: SmtpRecorder,
  says: { readonly taken: RegExp; readonly unknown: RegExp; readonly foreign: RegExp },
): Promise<void> {
  const message = await vendorMail();
  const [taken = ''] = await site.send(message, { from: client });
  assert.match(taken, says.taken);
  await mailbox.until(({ messages }) => messages.length === 1);
  const delivered = mailbox.messages[0]?.toString('latin1') ?? '';
  assert.ok(delivered.endsWith(message), 'the bytes are as received');
  assert.match(delivered, /^X-Aliaswatch-Verdict: learning;/m);
  const [byTheMta = ''] = delivered.split(/^X-Aliaswatch/m);
  assert.match(byTheMta, /^Received: [^]*\[127\.0\.0\.9\]/, 'it was told who the client is');

  const refused = async (recipient: string) =>
    (await site.send(message, { from: client, recipient }))[0] ?? '';
  assert.match(await refused('nobody@example.test'), says.unknown);
  assert.match(await refused('x@elsewhere.example'), says.foreign, 'it trusts 127.0.0.1, not us');

  const [held = ''] = await site.send(await vendorMail({ tenant: publishedLure }), {
    from: client,
  });
  assert.match(held, /^250 2\.0\.0 Held for review/);
  assert.equal(mailbox.messages.length, 1, 'what is held is not delivered');
}

describe('deploy/exim', { skip: skipWithoutForeignMta('exim') }, () => {
  test('a front hop before a real Exim', async () => {
    await using mailbox = await SmtpRecorder.start();
    const front = await recipe('exim/front-hop.conf');
    await using mta = await startForeignMta('exim', front, mailbox.address);
    await using site = await startSite({ nextHop: mta, settings: { clientIdentity: 'proxy-v2' } });
    await assertFrontHop(site, mailbox, {
      taken: /^250 OK id=\w/,
      unknown: /^550 no such user/,
      foreign: /^550 relay not permitted/,
    });
  });
});

describe('deploy/opensmtpd', { skip: skipWithoutForeignMta('opensmtpd') }, () => {
  test('a front hop before a real OpenSMTPD', async () => {
    await using mailbox = await SmtpRecorder.start();
    const front = await recipe('opensmtpd/front-hop.conf');
    await using mta = await startForeignMta('opensmtpd', front, mailbox.address);
    await using site = await startSite({ nextHop: mta, settings: { clientIdentity: 'proxy-v2' } });
    await assertFrontHop(site, mailbox, {
      taken: /^250 2\.0\.0 \w+ Message accepted for delivery/,
      unknown: /^550 Invalid recipient/,
      foreign: /^550 Invalid recipient/,
    });
  });
});

/** Runs a recipe on a private Postfix, whose public port is `postfix.port` instead of `smtp`. */
async function follow(
  path: string,
  postfix: Postfix,
  ports: Readonly<Record<string, number>>,
): Promise<void> {
  const there = (await recipe(path)).replaceAll('smtp/inet', `127.0.0.1:${postfix.port}/inet`);
  const script = Object.entries(ports).reduce(
    (text, [port, here]) => text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${here}`),
    there,
  );
  await run('sh', ['-c', script], { env: { ...process.env, MAIL_CONFIG: postfix.config } });
}

const postfixSays = {
  taken: /^250 2\.0\.0 Ok: queued as /,
  unknown: /^550 5\.1\.1 .*no such user/,
  foreign: /^554 5\.7\.1 .*Relay access denied/,
};
const unknownUser = [
  'smtpd_recipient_restrictions = check_recipient_access inline:{{nobody@example.test = 550 5.1.1 no such user}}',
];

describe('deploy/postfix', { skip: skipWithoutPostfix() }, () => {
  test('a front hop before a real Postfix', async () => {
    await using mailbox = await SmtpRecorder.start();
    await using postfix = await startPostfix(mailbox.address, [
      ...unknownUser,
      // What the recipe has to set.
      'smtpd_authorized_xclient_hosts =',
    ]);
    const port = await freePort();
    await follow('postfix/front-hop.sh', postfix, { 10025: port });
    await using site = await startSite({ nextHop: { host: '127.0.0.1', port } });
    await assertFrontHop(site, mailbox, postfixSays);
    await assert.rejects(once(connect(postfix.port, '127.0.0.1'), 'connect'), /ECONNREFUSED/);
  });

  test('a filter inside a real Postfix', async () => {
    await using mailbox = await SmtpRecorder.start();
    await using postfix = await startPostfix(mailbox.address, [
      ...unknownUser,
      'smtpd_authorized_xclient_hosts =',
    ]);
    const [filter, back] = [await freePort(), await freePort()];
    await using site = await startSite({
      nextHop: { host: '127.0.0.1', port: back },
      settings: { listen: { host: '127.0.0.1', port: filter }, xclientPeers: ['127.0.0.1'] },
    });
    await follow('postfix/proxy-filter.sh', postfix, { 2525: filter, 10026: back });
    const through: Site = {
      ...site,
      send: (message, route = {}) => sendTo(postfix, message, route),
    };
    await assertFrontHop(through, mailbox, postfixSays);
  });
});
