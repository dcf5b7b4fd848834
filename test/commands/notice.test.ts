import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openNoticesFile, noticesPath } from '../../src/notices/notices-file.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { createRequests } from '../../src/notices/links/recipient-requests.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { heldMessage, content, prefix } from '../quarantine/samples.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const id = '0mh2q7k1c4x9p0zv5t3b';
const desk = { address: 'desk@example.test', audience: 'admin' } as const;

before(async () => {
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  await quarantine.hold(
    heldMessage({
      id,
      subject: 'Call +1 802 538 3069 or https://evil.example',
      envelope: {
        mailFrom: 'bounce@vendor.test',
        rcptTo: ['ann@example.test', 'bob@example.fr'],
        mailParameters: '',
        rcptParameters: ['', ''],
      },
    }),
    prefix,
    content,
  );
});

describe('preview', () => {
  test('is what a recipient would get, with links only where there is an address for them', async () => {
    const { code, stdout } = await shell.run(['notice', 'preview', id]);
    assert.equal(code, 0);
    assert.match(stdout, /^To: ann@example\.test\nSubject: Mail held for review: 1\n/);
    assert.ok(!/802 538|https:/.test(stdout), stdout);
    const linked = await shell.run([
      'notice',
      'preview',
      id,
      '--public-url',
      'https://held.example.test',
    ]);
    assert.equal(linked.stdout.match(/https:\/\/held\.example\.test\/l\/1\.\S+/g)?.length, 2);
  });
  test('in the language of the domain, and for an administrator', async () => {
    const french = await shell.runJson([
      'notice',
      'preview',
      id,
      '--to',
      'bob@example.fr',
      '--notice-language',
      'en,example.fr=fr',
    ]);
    assert.equal(french.json['language'], 'fr');
    assert.match(String(french.json['text']), /Objet: Call/);
    const admin = await shell.run([
      'notice',
      'preview',
      id,
      '--to',
      desk.address,
      '--notice-to',
      desk.address,
    ]);
    assert.match(admin.stdout, /Recipients: ann@example\[\.\]test, bob@example\[\.\]fr/);
  });
  test('as it would be sent', async () => {
    const { stdout } = await shell.run(['notice', 'preview', id, '--raw']);
    assert.match(stdout, /^Auto-Submitted: auto-generated\r\n[^]*\r\nContent-Type: text\/html;/);
  });
  test('of nothing is a sentence', async () => {
    for (const unknown of ['0000000000000000000z', '../../etc/passwd']) {
      const { code, stderr } = await shell.run(['notice', 'preview', unknown]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: no message .* is held/);
    }
  });
  test('in a language that nobody has written is a sentence', async () => {
    const { code, stderr } = await shell.run(['notice', 'preview', id, '--notice-language', 'xx']);
    assert.equal(code, 1);
    assert.match(stderr, /^error: noticeLanguage: there are no notices in `xx`; known are de, en,/);
  });
});

describe('status and send-digest', () => {
  test('nothing is late; then something is, and says so', async () => {
    const fresh = await shell.runJson(['notice', 'status']);
    assert.equal(fresh.code, 0);
    assert.deepEqual(
      [fresh.json['waiting'], fresh.json['overdueSeconds'], fresh.json['told']],
      [0, 0, []],
    );
    const nobody = await shell.run(['notice', 'status']);
    assert.match(nobody.stdout, /told of held mail +nobody: set noticeTo\n/);
    const off = await shell.run(['notice', 'status', '--notice-mode', 'off']);
    assert.match(off.stdout, /told of held mail +nobody: noticeMode is off\n/);
    const database = openNoticesFile(noticesPath(shell.path('state')));
    const due = new Date(Date.now() - 2 * 3_600_000);
    createOutbox(database).add(
      { kind: 'held', message: id, campaign: '', to: [desk], due },
      new Date(),
    );
    database.close();
    const late = await shell.run(['notice', 'status', '--notice-to', desk.address]);
    assert.equal(late.code, 1);
    assert.match(
      late.stderr,
      /^error: the oldest notice is 2 h late: is `aliaswatch serve` running/,
    );
    assert.match(late.stdout, /told of held mail +desk@example\.test \(immediate\)/);
    assert.match(late.stdout, /waits to be told +1\n/);

    await using mailbox = await SmtpRecorder.start((line) =>
      line.startsWith('RCPT') ? '450 4.2.1 busy' : undefined,
    );
    const send = ['notice', 'send-digest', '--next-hop', `127.0.0.1:${mailbox.address.port}`];
    const busy = await shell.run(send);
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /^error: the notice to desk@example\.test: 450 4\.2\.1 busy\n$/);
    const tried = await shell.run(['notice', 'status']);
    assert.match(tried.stdout, /tried again \S+ desk@example\.test: 450 4\.2\.1 busy/);
    const none = await shell.run(send);
    assert.equal(none.stdout, 'nothing waits to be told\n');
  });
});

test('rotate-key: says which key signs now', async () => {
  await shell.run(['notice', 'preview', id]);
  const rotated = await shell.runJson(['notice', 'rotate-key']);
  assert.deepEqual(rotated.json, { current: 2, versions: [1, 2] });
  const revoked = await shell.runJson(['notice', 'rotate-key', '--revoke']);
  assert.deepEqual(revoked.json, { current: 3, versions: [3] });
});

test('quarantine requests: listed, settled once', async () => {
  const database = openNoticesFile(noticesPath(shell.path('state')));
  const request = { kind: 'release', message: id, recipient: 'ann@example.test' } as const;
  createRequests(database).add(request, new Date());
  assert.equal(createRequests(database).add(request, new Date()), 'already');
  database.close();
  const { json } = await shell.runJson(['quarantine', 'requests']);
  const [open] = json['requests'] as readonly Readonly<Record<string, unknown>>[];
  assert.equal(open?.['recipient'], 'ann@example.test');
  const grant = ['quarantine', 'requests', '--granted', String(open['id']), '--reason', 'known'];
  const granted = await shell.run(grant);
  assert.equal(granted.stdout, 'no request is open\n');
  const again = await shell.run(grant);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^error: no request \S+ is open/);
  const all = await shell.run(['quarantine', 'requests', '--all']);
  assert.match(all.stdout, / release +0mh2q7k1c4x9p0zv5t3b +ann@example\.test +granted\n$/);
});
