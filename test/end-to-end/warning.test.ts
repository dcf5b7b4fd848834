import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { startZoneServer, type Zone } from '../../src/commands/demo/zone-server.ts';
import { formatHostPort } from '../../src/config/host-port.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { PolicyOverride } from '../../src/decision/policy-override.ts';
import { noWarning, type Warning } from '../../src/decision/warning-policy.ts';
import { arcVerify } from '../support/arc-verify.ts';
import { generateRsaKey, signMessage } from '../support/dkim-keys.ts';
import { requirePythonModule } from '../support/installed.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { openLab } from '../authentication/lab.ts';
import { ourFields } from './our-fields.ts';
import {
  publishedLure,
  startSite,
  vendor,
  vendorMail,
  vendorRecords,
  type Site,
  type SiteOptions,
} from './site.ts';

const arcKey = generateRsaKey(2048);
const zone: Zone = {
  ...vendorRecords,
  'seal._domainkey.gateway.test': { TXT: [arcKey.record] },
};
const keyDirectory = await mkdtemp(join(tmpdir(), 'aliaswatch-arc-'));
after(() => rm(keyDirectory, { recursive: true }));
const arcKeyFile = join(keyDirectory, 'arc.pem');
await writeFile(arcKeyFile, arcKey.privateKey, { mode: 0o600 });
const arc: Partial<Settings> = { arcDomain: 'gateway.test', arcSelector: 'seal', arcKeyFile };

const both: Warning = {
  ...noWarning,
  banner: true,
  subjectTag: '[Suspicious]',
};

const policy = { warning: both };

type Desk = AsyncDisposable & { readonly site: Site; readonly mailbox: SmtpRecorder };

async function openDesk(
  { policy = {}, settings = {} }: Pick<SiteOptions, 'policy' | 'settings'>,
  behind?: (mailbox: SmtpRecorder) => Promise<AsyncDisposable & { host: string; port: number }>,
): Promise<Desk> {
  await using opened = new AsyncDisposableStack();
  const mailbox = opened.use(await SmtpRecorder.start());
  const nextHop = behind === undefined ? mailbox.address : opened.use(await behind(mailbox));
  const site = opened.use(
    await startSite({
      nextHop,
      zone,
      settings: { mode: 'tag', ...settings },
      policy,
    }),
  );
  const owned = opened.move();
  return { site, mailbox, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The tenant-name attack, in the vendor's own form: text and HTML, signed. */
function attack(): Promise<string> {
  const lines = [
    `From: Microsoft on behalf of a tenant <${vendor.address}>`,
    'To: jo@example.test',
    `Subject: ${publishedLure} account email verification code`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Message-ID: <code@microsoftonline.com>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="=_code"',
    '',
    '--=_code',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Your code is=20123456.',
    '--=_code',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<html><body class="m"><p>Your code is 123456.</p></body></html>').toString(
      'base64',
    ),
    '--=_code--',
    '',
  ];
  return signMessage(lines.join('\r\n'), { domain: vendor.domain, selector: 'rsa' });
}

async function metric(site: Site, series: string): Promise<number> {
  const response = await fetch(`http://${formatHostPort(site.server.http)}/metrics`);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

test('switched off, tagged mail arrives byte for byte', async () => {
  await using desk = await openDesk({ settings: arc });
  const sent = await attack();
  await desk.site.send(sent);
  const fields = ourFields(desk.mailbox.messages[0], sent);
  assert.match(fields['X-Aliaswatch-Verdict'] ?? '', /action=tag/);
  assert.equal(fields['ARC-Seal'], undefined);
});

test('mail that is passed is not changed', async () => {
  await using desk = await openDesk({ policy, settings: arc });
  const sent = await vendorMail();
  await desk.site.send(sent);
  assert.match(
    ourFields(desk.mailbox.messages[0], sent)['X-Aliaswatch-Verdict'] ?? '',
    /action=pass/,
  );
});

test('held mail is kept as it came', async () => {
  await using desk = await openDesk({ policy, settings: { ...arc, mode: 'enforce' } });
  const sent = await attack();
  assert.match((await desk.site.send(sent))[0] ?? '', /Held for review/);
  const directory = join(desk.site.stateDir, 'quarantine');
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const kept = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  );
  assert.ok(kept.some((bytes) => bytes.subarray(-sent.length).equals(Buffer.from(sent))));
});

test('recipients see what is unusual and where to go, and nothing of the lure', async () => {
  await using desk = await openDesk({ policy, settings: arc });
  await desk.site.send(await attack());
  const { subject, text = '', html } = await simpleParser(desk.mailbox.messages[0] ?? '');
  assert.equal(subject, `[Suspicious] ${publishedLure} account email verification code`);
  const banner = text.slice(0, text.lastIndexOf('____')).replace(/\s+/g, ' ');
  assert.match(banner, /BE CAREFUL WITH THIS MESSAGE/);
  assert.match(banner, /telephone number that is new/);
  assert.match(banner, /type https:\/\/\S+ into your browser/);
  assert.match(banner, /added by gateway\.test/);
  assert.doesNotMatch(banner, /802|498|Bitcoin/);
  assert.match(text, /____\n\nYour code is 123456\./);
  assert.match(String(html), /<body class="m">\s*<div [^]*<\/div>\s*<p>Your code is 123456\.<\/p>/);
  const { site } = desk;
  for (const kind of ['subject', 'banner', 'seal']) {
    const series = `aliaswatch_warnings_total{kind="${kind}",outcome="inserted"}`;
    assert.equal(await metric(site, series), 1, kind);
  }
});

test('a domain of its own wish, and a message to two domains that do not agree', async () => {
  const quiet: PolicyOverride = {
    for: { recipientDomain: new Set(['quiet.test']) },
    set: { warning: { banner: false, subjectTag: '' } },
  };
  await using desk = await openDesk({ policy: { warning: both, overrides: [quiet] } });
  const sent = await attack();
  await desk.site.send(sent, { recipient: 'jo@quiet.test' });
  ourFields(desk.mailbox.messages[0], sent);
  await desk.site.send(sent, { recipient: 'jo@example.test' });
  assert.match(String(desk.mailbox.messages[1]), /^Subject: \[Suspicious\]/m);
});

test('without a key that works the server does not start', async () => {
  await assert.rejects(
    openDesk({ policy, settings: { arcDomain: 'gateway.test' } }),
    /give all three/,
  );
  await assert.rejects(
    openDesk({ policy, settings: { ...arc, arcKeyFile: 'package.json' } }),
    /cannot be used/,
  );
});

suite('sealed', { skip: requirePythonModule('dkim', 'python3-dkim') }, () => {
  test('the chain holds for another program, with the results of the original', async () => {
    await using dns = await startZoneServer(zone, { host: '127.0.0.1', port: 0 });
    await using desk = await openDesk({ policy, settings: arc });
    await desk.site.send(await attack());
    const [delivered = Buffer.alloc(0)] = desk.mailbox.messages;
    const verdict = await arcVerify(delivered, dns.address);
    assert.equal(verdict.result, 'pass', verdict.reason);
    const head = delivered.toString('latin1').replaceAll(/\r\n[ \t]/g, ' ');
    assert.match(head, /^ARC-Seal: i=1;/);
    assert.match(head, /^ARC-Authentication-Results: i=1; gateway\.test; [^\r]*dkim=pass/m);
    await using lab = await openLab(zone);
    const seen = await lab.authenticate(delivered.toString('latin1'));
    assert.equal(seen.arc.result, 'pass');
    assert.equal(seen.dkim[0]?.result, 'fail', 'the reason for the seal');
  });

  test('behind a real Postfix', { skip: skipWithoutPostfix() }, async () => {
    await using dns = await startZoneServer(zone, { host: '127.0.0.1', port: 0 });
    await using desk = await openDesk({ policy, settings: arc }, (mailbox) =>
      startPostfix(mailbox.address),
    );
    assert.match((await desk.site.send(await attack()))[0] ?? '', /^250 /);
    await desk.mailbox.until(({ messages }) => messages.length === 1);
    const [delivered = Buffer.alloc(0)] = desk.mailbox.messages;
    assert.equal((await arcVerify(delivered, dns.address)).result, 'pass');
    const { subject, text } = await simpleParser(delivered);
    assert.match(subject ?? '', /^\[Suspicious\] /);
    assert.match(text ?? '', /BE CAREFUL WITH THIS MESSAGE/);
  });
});
