import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { createRequests } from '../../src/notices/links/recipient-requests.ts';
import { noticesPath, openNoticesFile } from '../../src/notices/notices-file.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import type { Act } from '../../src/review/review.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const id = '0mh2q7k1c4x9p0zv5t3b';
const prefix = 'X-Aliaswatch-Verdict: anomalous\r\n';
const body = 'From: service@paypal.com\r\nSubject: Note from a seller\r\n\r\nCall us.\r\n';

const held: HeldMessage = {
  id,
  heldAt: '2026-11-20T06:07:08.000Z',
  state: 'held',
  closedAt: null,
  expiresAt: '2026-12-20T06:07:08.000Z',
  expiryNoticedAt: null,
  alias: 'paypal-service',
  verdict: 'anomalous',
  scoreBits: 17.25,
  reason: 'phone in the note',
  cause: 'callback-lure',
  campaign: '0c1d2e3f4a5b',
  ruleset: '4f1c00aa11bb',
  onlyUnder: '',
  messageId: '<1@paypal.com>',
  from: 'service@paypal.com',
  subject: 'Note from a seller',
  sizeBytes: body.length,
  connection: {
    clientAddress: '192.0.2.7',
    clientPort: 4000,
    clientHostname: null,
    helo: 'out.example',
    protocol: 'ESMTP',
  },
  envelope: {
    mailFrom: 'bounce@paypal.com',
    rcptTo: ['ann@example.com', 'bob@example.com'],
    mailParameters: '',
    rcptParameters: ['', ''],
  },
  lesson: { id: `f-${id}`, alias: 'paypal-service', day: 20_000, counters: { n: 1 }, values: [] },
  explanation: {
    terms: [{ signal: 'contact', bits: 17.25, observed: 'phone in the note', baseline: 'never' }],
    cause: 'callback lure',
    benignCause: 'steady',
    pValue: 1e-5,
    tagBits: 8,
    quarantineBits: 12,
    quarantineChance: 1e-4,
    messages: 500,
    days: 60,
    since: '2026-09-01',
  },
  deliveries: [],
};

before(async () => {
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  await quarantine.hold(held, Buffer.from(prefix), memoryContent(Buffer.from(body)));
  await quarantine.hold(
    {
      ...held,
      id: '0mh2q7k1c4x9p0zv5t00',
      heldAt: '2026-11-01T00:00:00.000Z',
      subject: 'older \u001b[2J',
      onlyUnder: '4f1c00aa11bb',
    },
    Buffer.from(prefix),
    memoryContent(Buffer.from(body)),
  );
});

async function learnedMessages(): Promise<unknown> {
  const { stderr, json } = await shell.runJson([
    'alias',
    'show',
    'paypal-service',
    '--store',
    `sqlite:${shell.path('state/baselines.db')}`,
    '--at',
    // What a release teaches is learned on the day of the release and matures like everything else.
    new Date(Date.now() + 3 * 86_400_000).toISOString(),
  ]);
  assert.equal(stderr, '');
  return (json['baseline'] as { readonly messages: unknown }).messages;
}

test('list: newest first, without lessons and control characters', async () => {
  const { code, json } = await shell.runJson(['quarantine', 'list']);
  const messages = json['messages'] as readonly Record<string, unknown>[];
  assert.equal(code, 0);
  assert.deepEqual(
    messages.map((message) => message['id']),
    [id, '0mh2q7k1c4x9p0zv5t00'],
  );
  assert.ok(!('lesson' in messages[0]!));
  const { stdout } = await shell.run(['quarantine', 'list']);
  assert.match(
    stdout,
    new RegExp(`^${id} +2026-11-20T06:07:08 +paypal-service +17\\.3 +no +Note from a seller$`, 'm'),
  );
  assert.ok(!stdout.includes('\u001b'));
});

test('list --only-under: what a new set of rules alone keeps here', async () => {
  const listed = async (version: string) => {
    const { json } = await shell.runJson(['quarantine', 'list', '--only-under', version]);
    return (json['messages'] as readonly { readonly id: string }[]).map((message) => message.id);
  };
  assert.deepEqual(await listed('4f1c00aa11bb'), ['0mh2q7k1c4x9p0zv5t00']);
  assert.deepEqual(await listed('00aa11bb4f1c'), []);
  const { stdout } = await shell.run(['quarantine', 'show', '0mh2q7k1c4x9p0zv5t00']);
  assert.match(stdout, /^ {2}only under +4f1c00aa11bb: the rules before would not have held it$/m);
});

test('list --by-campaign: one line for all copies', async () => {
  const { code, json } = await shell.runJson(['quarantine', 'list', '--by-campaign']);
  assert.equal(code, 0);
  assert.deepEqual(json, {
    campaigns: [
      {
        campaign: '0c1d2e3f4a5b',
        aliases: ['paypal-service'],
        messages: 2,
        released: 0,
        since: '2026-11-01T00:00:00.000Z',
        until: '2026-11-20T06:07:08.000Z',
        ids: [id, '0mh2q7k1c4x9p0zv5t00'],
        subject: 'Note from a seller',
      },
    ],
    unreadable: [],
  });
  const { stdout } = await shell.run(['quarantine', 'list', '--by-campaign']);
  assert.match(stdout, /^0c1d2e3f4a5b +2 +0 .* paypal-service +\S+ +Note from a seller$/m);
});

test('show: who, why, and whether it teaches', async () => {
  const { json } = await shell.runJson(['quarantine', 'show', id]);
  assert.deepEqual(
    [json['reason'], json['learnsOnRelease'], json['deliveries']],
    ['phone in the note', true, []],
  );
  const { stdout } = await shell.run(['quarantine', 'show', id]);
  assert.match(stdout, /^ {2}why +phone in the note$/m);
  assert.match(stdout, /^ {2}expires at +2026-12-20T06:07:08\.000Z$/m);
  assert.match(stdout, /^ {2}recipient +<bob@example\.com> held$/m);
  for (const unknown of ['0000000000000000000z', '../../etc/passwd']) {
    const { code, stderr } = await shell.run(['quarantine', 'show', unknown]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: no message .* is held: `aliaswatch quarantine list` shows the ids\n$/,
    );
  }
});

test('release: real replies, exit 1 while somebody is without, learning once all have it', async () => {
  await using recorder = await SmtpRecorder.start((line) =>
    line.startsWith('RCPT TO:<bob@') ? '450 4.2.1 mailbox busy' : undefined,
  );
  const release = ['quarantine', 'release', id, '--next-hop', `127.0.0.1:${recorder.address.port}`];

  const first = await shell.runJson(release);
  assert.equal(first.code, 1);
  const { act, ...outcome } = first.json;
  assert.match(String(act), /^[0-9a-z]{20}$/);
  assert.deepEqual(outcome, {
    id,
    recipients: [
      { recipient: 'ann@example.com', outcome: 'delivered', reply: '250 2.0.0 Ok: queued as R1' },
      { recipient: 'bob@example.com', outcome: 'refused', reply: '450 4.2.1 mailbox busy' },
    ],
    allDelivered: false,
    learned: false,
  });
  assert.match(
    first.stderr,
    new RegExp(
      `^error: 127\\.0\\.0\\.1:${recorder.address.port} did not take ${id} for bob@example\\.com: 450 4\\.2\\.1 mailbox busy; it stays held`,
      'm',
    ),
  );
  const copies = await shell.run(['campaign', 'export', '0c1d2e3f4a5b']);
  assert.match(copies.stdout, new RegExp(`^ann@example\\.com,.*,${id}\\r$`, 'm'), 'ann has it');
  assert.ok(!copies.stdout.includes('bob@example.com'), 'bob has none yet');
  assert.ok(!copies.stdout.includes('0mh2q7k1c4x9p0zv5t00'), 'nobody has the other');
  assert.match(recorder.messages[0]!.toString(), /^X-Aliaswatch-Released: .*\r\n/);
  assert.ok(recorder.messages[0]!.toString().endsWith(prefix + body));

  recorder.script = () => undefined;
  const second = await shell.run(release);
  assert.equal(second.code, 0, second.stderr);
  assert.match(
    second.stdout,
    /^ann@example\.com +delivered before +250 2\.0\.0 Ok: queued as R1$/m,
  );
  assert.match(second.stdout, /^bob@example\.com +delivered +250 2\.0\.0 Ok: queued as R1$/m);
  assert.match(second.stdout, /^all recipients have \S+; its baseline has learned from it$/m);
  assert.equal(recorder.messages.length, 2);
  assert.equal(await learnedMessages(), 1);
});

test('campaign notify: those who have a copy are told by a running gateway, and it is on the record', async () => {
  const notify = ['campaign', 'notify', '0c1d2e3f4a5b'];
  const told = await shell.runJson([...notify, '--to', 'recipients']);
  const [effect] = told.json['effects'] as Act['effects'];
  assert.deepEqual(
    [told.code, effect?.message, effect?.told?.news, effect?.told?.messages],
    [0, '0c1d2e3f4a5b', 2, 1],
  );
  const admins = await shell.run([...notify, '--to', 'admins', '--notice-to', 'desk@example.com']);
  assert.match(admins.stdout, /1 person is told of 1 delivered message within/);
  using notices = openNoticesFile(noticesPath(shell.path('state')));
  const outbox = createOutbox(notices);
  outbox.plan(new Date(), 'all');
  const waiting = [];
  for (let next = outbox.claim(new Date()); next !== null; next = outbox.claim(new Date()))
    waiting.push(`${next.kind} ${next.to.address} ${next.to.audience}`);
  assert.deepEqual(waiting.sort(), [
    'attack ann@example.com recipient',
    'attack bob@example.com recipient',
    'attack desk@example.com admin',
  ]);
  const audited = await shell.runJson(['audit', 'list', '--act', 'campaign-notified']);
  assert.equal((audited.json['records'] as unknown[]).length, 2);
  for (const [args, sentence, exit] of [
    [[...notify], /^error: say who is told/, 2],
    [[...notify, '--to', 'admins'], /^error: no administrator is named: .* --notice-to/, 1],
    [['campaign', 'notify', 'zz', '--to', 'recipients'], /^error: nobody remembers campaign zz/, 1],
  ] as const) {
    const { code, stderr } = await shell.run(args);
    assert.equal(code, exit, stderr);
    assert.match(stderr, sentence);
  }
});

test('release --rcpt: only the named one; not a recipient is an error', async () => {
  await using recorder = await SmtpRecorder.start();
  const release = [
    'quarantine',
    'release',
    '0mh2q7k1c4x9p0zv5t00',
    '--next-hop',
    `127.0.0.1:${recorder.address.port}`,
  ];
  const one = await shell.runJson([...release, '--rcpt', 'bob@example.com']);
  assert.deepEqual(
    [one.code, one.json['allDelivered'], one.json['learned'], recorder.messages.length],
    [0, false, false, 1],
  );
  const wrong = await shell.run([...release, '--rcpt', 'eve@example.com']);
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stderr,
    /^error: eve@example\.com is not a recipient of 0mh2q7k1c4x9p0zv5t00/m,
  );
  assert.equal(recorder.messages.length, 1);
});

test('release to a next hop that refuses: a sentence, exit 1, still held', async () => {
  const recorder = await SmtpRecorder.start();
  const { port } = recorder.address;
  await recorder[Symbol.asyncDispose]();
  const { code, stderr } = await shell.run([
    'quarantine',
    'release',
    '0mh2q7k1c4x9p0zv5t00',
    '--rcpt',
    'ann@example.com',
    '--next-hop',
    `127.0.0.1:${port}`,
  ]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(
      `^error: 127\\.0\\.0\\.1:${port} did not take 0mh2q7k1c4x9p0zv5t00 for ann@example\\.com: 451 4\\.4\\.\\d.*; it stays held`,
      'm',
    ),
  );
});

test('what recipients asked for is settled by what is done with the message', async () => {
  using notices = openNoticesFile(noticesPath(shell.path('state')));
  const requests = createRequests(notices);
  const message = '0mh2q7k1c4x9p0zv5t00';
  const ask = (recipient: string, kind: 'release' | 'report' = 'release') =>
    requests.add({ kind, message, recipient }, new Date());
  ask('ann@example.com');
  ask('bob@example.com');
  await using recorder = await SmtpRecorder.start();
  const { port } = recorder.address;
  // Has it already, which settles it as well.
  const toBob = ['--rcpt', 'bob@example.com', '--next-hop', `127.0.0.1:${port}`];
  const release = ['quarantine', 'release', message, ...toBob, '--reason', 'known'];
  assert.equal((await shell.run(release)).code, 0);
  const states = () =>
    requests
      .list('all', { limit: 10 })
      .map(({ recipient, kind, state }) => `${recipient} ${kind} ${state}`)
      .sort();
  assert.deepEqual(states(), ['ann@example.com release open', 'bob@example.com release granted']);
  ask('ann@example.com', 'report');
  assert.equal((await shell.run(['quarantine', 'delete', message])).code, 0);
  assert.deepEqual(states(), [
    'ann@example.com release declined',
    'ann@example.com report granted',
    'bob@example.com release granted',
  ]);
  const [act] = (await shell.runJson(['quarantine', 'acts', '--limit', '1'])).json['acts'] as [
    { id: string },
  ];
  assert.equal((await shell.run(['quarantine', 'undo', act.id])).code, 0);
  assert.deepEqual(
    states(),
    [
      'ann@example.com release open',
      'ann@example.com report open',
      'bob@example.com release granted',
    ],
    'what the delete had settled is asked again',
  );
});

test('a damaged entry is shown, not hidden', async () => {
  await writeFile(shell.path('state/quarantine/0mh2q7k1c4x9p0zv5t11.json'), '{');
  await writeFile(shell.path('state/quarantine/0mh2q7k1c4x9p0zv5t11.eml'), body);
  const { code, json, stderr } = await shell.runJson(['quarantine', 'list']);
  assert.equal(code, 1);
  assert.equal((json['messages'] as unknown[]).length, 2);
  assert.match(stderr, /^error: 0mh2q7k1c4x9p0zv5t11: .*is damaged/);
});
