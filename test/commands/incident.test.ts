import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { appendAll, record } from '../audit/samples.ts';
import { heldMessage, prefix } from '../quarantine/samples.ts';
import { openShell } from './shell.ts';

const run = promisify(execFile);
const shell = await openShell();
const campaign = '0c1d2e3f4a5b';
const ids = ['0mh2q7k1c4x9p0zv5t3b', '0mh2q7k1c4x9p0zv5t3c'];
const body = Buffer.from(
  'From: service@paypal.com\r\nTo: ann@example.com\r\nSubject: Call +1 802 538 3069\r\n\r\nhttps://lure.example/x https://www.paypal.com/\r\n',
);

before(async () => {
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  for (const id of ids) {
    const { envelope } = heldMessage();
    const held = heldMessage({
      id,
      alias: 'paypal-service',
      sizeBytes: body.length,
      envelope: { ...envelope, rcptTo: ['ann@example.com'], rcptParameters: [''] },
    });
    await quarantine.hold(held, prefix, memoryContent(body));
  }
  await appendAll(shell.path('state/audit'), [
    record({ subject: ids[0]!, facts: { campaign } }),
    record({ act: 'attack-confirmed', subject: campaign, personal: {} }),
    record({
      act: 'released',
      actor: { kind: 'operator', name: 'olga', via: 'command' },
      subject: ids[1]!,
      reason: 'ann@example.com asked for it',
      personal: { subject: 'Call +1 802 538 3069', recipients: 'ann@example.com' },
    }),
    record({ subject: 'another message', facts: { campaign: 'ffffffffffff' } }),
  ]);
});

async function unpacked(archive: string, into: string): Promise<string> {
  await mkdir(shell.path(into));
  await run('tar', ['-xf', archive, '-C', shell.path(into)]);
  const [folder = ''] = await readdir(shell.path(into));
  return join(shell.path(into), folder);
}

test('a campaign as one archive that tar unpacks and sha256sum verifies', async () => {
  const archive = shell.path('incident.tar');
  const { code, json, stderr } = await shell.runJson([
    'incident',
    'export',
    campaign,
    '--out',
    archive,
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual([json['seen'], json['messages'], json['reports']], [2, 2, 2]);
  const folder = await unpacked(archive, 'unpacked');
  assert.ok(folder.endsWith(`incident-${campaign}`));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
  assert.deepEqual(files, [
    'MANIFEST.sha256',
    'README.txt',
    ...ids.map((id) => `abuse-reports/${id}.eml`),
    ...ids.map((id) => `evidence/${id}.json`),
    'indicators.csv',
    'indicators.json',
    'members.json',
    ...ids.map((id) => `messages/${id}.eml`),
    'timeline.json',
  ]);
  const check = await run('sha256sum', ['--check', 'MANIFEST.sha256'], { cwd: folder });
  assert.equal(check.stdout.match(/: OK$/gm)?.length, files.length - 1);
  const text = (name: string) => readFile(join(folder, name), 'utf8');
  assert.equal(await text(`messages/${ids[0]}.eml`), `${prefix.toString()}${body.toString()}`);
  const csv = await text('indicators.csv');
  assert.match(csv, /^phone,\+18025383069,2,/m);
  assert.match(csv, /^domain,lure\.example,2,/m);
  assert.ok(!csv.includes('paypal.com'));
  const timeline = JSON.parse(await text('timeline.json')) as { what: string }[];
  assert.deepEqual(timeline.map(({ what }) => what).sort(), [
    'attack-confirmed',
    'decision',
    'received',
    'received',
    'released',
  ]);
  for (const name of ['members.json', 'timeline.json', 'README.txt', `evidence/${ids[0]}.json`])
    assert.ok(!(await text(name)).includes('ann@example.com'), name);
  assert.match(await text(`abuse-reports/${ids[0]}.eml`), /^To: <phishing@paypal\.com>\r$/m);
  const evidence = JSON.parse(await text(`evidence/${ids[0]}.json`)) as {
    explanation: { terms: unknown[] };
  };
  assert.equal(evidence.explanation.terms.length, 2);
  assert.ok(!('lesson' in evidence));
});

test('one message; the act is on record', async () => {
  const archive = shell.path('one.tar');
  const { code } = await shell.run(['incident', 'export', ids[1]!, '--out', archive]);
  assert.equal(code, 0);
  const { json } = await shell.runJson(['audit', 'list', '--act', 'incident-exported']);
  const [{ subject, facts, actor }] = json['records'] as [
    { subject: string; facts: object; actor: { kind: string } },
  ];
  assert.deepEqual(
    [subject, facts, actor.kind],
    [ids[1], { messages: 1, file: 'one.tar' }, 'operator'],
  );
});

test('what is there is not overwritten, what is unknown is said to be', async () => {
  const archive = shell.path('there.tar');
  await writeFile(archive, 'mine');
  const there = await shell.run(['incident', 'export', campaign, '--out', archive]);
  assert.equal(there.code, 1);
  assert.match(there.stderr, /^error: .*there\.tar is there already: name another file/);
  assert.equal(await readFile(archive, 'utf8'), 'mine');
  const nowhere = await shell.run([
    'incident',
    'export',
    campaign,
    '--out',
    shell.path('no/x.tar'),
  ]);
  assert.match(nowhere.stderr, /^error: the directory of .* does not exist/);
  for (const id of ['ffffffffffff', 'zzzzzzzzzzzzzzzzzzzz', '../../etc/passwd']) {
    const unknown = await shell.run(['incident', 'export', id, '--out', shell.path('new.tar')]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /^error: nobody remembers /);
  }
});
