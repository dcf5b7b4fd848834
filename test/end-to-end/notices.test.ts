import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import type { Settings } from '../../src/config/settings.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { openShell, type Shell } from '../commands/shell.ts';
import { gatewayName, publishedLure, startSite, vendorMail, type Site } from './site.ts';

const shell = await openShell();
const admin = 'desk@example.test';
const publicUrl = 'http://127.0.0.1:8026/held';

const settings: Partial<Settings> = {
  noticeTo: [admin],
  noticeRecipients: 'held',
  publicUrl,
  publicListen: { host: '127.0.0.1', port: 0 },
};

function commandOf(
  site: Site,
  nextHop: { readonly host: string; readonly port: number },
): readonly string[] {
  return [
    '--state-dir',
    site.stateDir,
    '--hostname',
    gatewayName,
    '--notice-to',
    admin,
    '--notice-recipients',
    'held',
    '--public-url',
    publicUrl,
    '--next-hop',
    `${nextHop.host}:${nextHop.port}`,
  ];
}

/** The address of a link as this machine reaches it. */
function reachable(link: string, site: Site): string {
  const { host, port } = site.server.links!;
  return link.replace('http://127.0.0.1:8026', `http://${host}:${port}`);
}

async function open(link: string, method: 'GET' | 'POST', site: Site) {
  const response = await fetch(reachable(link, site), { method });
  return { status: response.status, headers: response.headers, page: await response.text() };
}

function sendersTo(address: string, { mailSessions }: SmtpRecorder) {
  return mailSessions
    .filter(({ commands }) => commands.includes(`RCPT TO:<${address}>`))
    .map(
      ({ commands }) =>
        /^MAIL FROM:(<[^>]*>)/.exec(commands.join('\n').replace(/^[^]*?(?=MAIL)/, ''))?.[1],
    );
}

function messageTo(address: string, { mailSessions }: SmtpRecorder): string {
  const session = mailSessions.find(
    ({ commands, messages }) => messages.length > 0 && commands.includes(`RCPT TO:<${address}>`),
  );
  return String(session?.messages[0]);
}

async function openRequests(of: Shell, site: Site) {
  const { json } = await of.runJson(['quarantine', 'requests', '--state-dir', site.stateDir]);
  return json['requests'] as readonly Readonly<Record<string, unknown>>[];
}

test('an attack is held; its recipient is told, asks by a link, and the desk hears of both', async () => {
  await using mailbox = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: mailbox.address, settings });
  const [held] = await site.send(await vendorMail({ tenant: publishedLure }));
  assert.match(held ?? '', /^250 2\.0\.0 Held for review as /);
  const digest = ['notice', 'send-digest', ...commandOf(site, mailbox.address)];
  const sent = await shell.runJson(digest);
  assert.equal(sent.code, 0, sent.stderr);
  assert.equal((sent.json['notices'] as unknown[]).length, 2);

  assert.deepEqual(sendersTo(admin, mailbox), ['<>']);
  const toAdmin = messageTo(admin, mailbox);
  const toRecipient = messageTo('jo@example.test', mailbox);
  for (const raw of [toAdmin, toRecipient]) {
    assert.match(raw, /^Auto-Submitted: auto-generated\r\n/m);
    const { text = '', html } = await simpleParser(raw);
    for (const part of [text, String(html)]) {
      assert.ok(!/802\W*538\W*3069/.test(part), 'the number cannot be dialled');
      assert.match(part, /Bitcoin/);
    }
  }
  const { text = '' } = await simpleParser(toRecipient);
  const [release = '', report = ''] = text.match(/http:\S+/g) ?? [];

  await testLinks({ site, release, report });

  const told = await shell.runJson(digest);
  const outcomes = told.json['notices'] as readonly Readonly<Record<string, unknown>>[];
  assert.deepEqual(
    outcomes
      .map((of) => `${String(of['kind'])} ${String(of['recipient'])} ${String(of['outcome'])}`)
      .sort(),
    [`report ${admin} sent`, `request ${admin} settled`],
    'a request that was declined before is no news',
  );
  assert.match(String(mailbox.messages.at(-1)), /jo@example/);
});

async function testLinks({
  site,
  release,
  report,
}: {
  readonly site: Site;
  readonly release: string;
  readonly report: string;
}): Promise<void> {
  // A scanner opens every link.
  for (const link of [release, report]) {
    const { status, headers, page } = await open(link, 'GET', site);
    assert.equal(status, 200);
    assert.match(page, /<form method="post">/);
    assert.ok(!page.includes('3069'));
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';/);
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-frame-options'), 'DENY');
  }
  assert.deepEqual(await openRequests(shell, site), []);

  const asked = await open(release, 'POST', site);
  assert.equal(asked.status, 200);
  assert.match(asked.page, /Your request was passed on/);
  const again = await open(release, 'POST', site);
  assert.equal(again.status, 409);
  assert.match(again.page, /has been used already/);
  assert.equal((await open(report, 'POST', site)).status, 200);
  const requests = await openRequests(shell, site);
  assert.deepEqual(
    requests.map(
      ({ kind, recipient, state }) => `${String(kind)} ${String(recipient)} ${String(state)}`,
    ),
    ['report jo@example.test open', 'release jo@example.test open'],
  );
  const declined = await shell.run([
    'quarantine',
    'requests',
    '--state-dir',
    site.stateDir,
    '--declined',
    String(requests[1]?.['id']),
  ]);
  assert.equal(declined.code, 0, declined.stderr);
  assert.equal((await openRequests(shell, site)).length, 1);
}

test('where recipients may release, the link delivers their own copy', async () => {
  await using mailbox = await SmtpRecorder.start();
  await using site = await startSite({
    nextHop: mailbox.address,
    settings: { ...settings, recipientRelease: 'release', noticeTo: [] },
  });
  await site.send(await vendorMail({ tenant: publishedLure }));
  const command = commandOf(site, mailbox.address).filter((word) => !/notice-to|desk@/.test(word));
  await shell.run(['notice', 'send-digest', ...command, '--recipient-release', 'release']);
  const { text = '' } = await simpleParser(String(mailbox.messages[0]));
  const [release = ''] = text.match(/http:\S+/g) ?? [];

  mailbox.script = (line) => (line === '.' ? '451 4.3.2 not now' : undefined);
  const later = await open(release, 'POST', site);
  assert.equal(later.status, 503);
  assert.match(later.page, /try the link again later/);
  const before = mailbox.messages.length;
  mailbox.script = () => undefined;
  const done = await open(release, 'POST', site);
  assert.equal(done.status, 200, done.page);
  assert.equal(mailbox.messages.length, before + 1);
  assert.match(String(mailbox.messages.at(-1)), /^X-Aliaswatch-Released: /);
  assert.equal((await open(release, 'POST', site)).status, 410, 'it is not held any more');
});

test('notices arrive through a real Postfix', { skip: skipWithoutPostfix() }, async () => {
  await using mailbox = await SmtpRecorder.start();
  await using postfix = await startPostfix(mailbox.address);
  await using site = await startSite({ nextHop: postfix, settings });
  await site.send(await vendorMail({ tenant: publishedLure }));
  const sent = await shell.runJson(['notice', 'send-digest', ...commandOf(site, postfix)]);
  assert.equal(sent.code, 0, sent.stderr);
  await mailbox.until(({ messages }) => messages.length === 2);
  for (const message of mailbox.messages) {
    const { headers, from, html } = await simpleParser(message);
    assert.equal(headers.get('return-path'), undefined);
    assert.equal(headers.get('auto-submitted'), 'auto-generated');
    assert.equal(from?.value[0]?.address, 'aliaswatch@gateway.test');
    assert.ok(html);
  }
});
