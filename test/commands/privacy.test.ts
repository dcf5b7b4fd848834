import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { commitmentTo } from '../../src/audit/commitment.ts';
import { openHeads } from '../../src/audit/open-heads.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { openNoticesFile, noticesPath } from '../../src/notices/notices-file.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { noted, recordOf, type WatchedMessage } from '../../src/review/watched-message.ts';
import { openVectorsFile, vectorsFileName } from '../../src/vectors/vectors-file.ts';
import { address, appendAll, record } from '../audit/samples.ts';
import { lesson, touch } from '../baseline/store-contract.ts';
import { content, heldMessage, prefix } from '../quarantine/samples.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const state = shell.path('state');
const store = `sqlite:${join(state, 'baselines.db')}`;
const other = 'bob@example.com';
const timeoutMs = 2000;
const heldId = '0mh2q7k1c4x9p0zv5t3b';

function watched(pseudonym: (text: string) => string): WatchedMessage {
  const person = { ...touch('recipient', pseudonym(address)) };
  const taught = { id: 'x', alias: 'vendor-billing', day: 20_517, counters: {}, values: [person] };
  return {
    id: '0mh2q7k1c4x9p0zv5t3c',
    at: new Date().toISOString(),
    alias: 'vendor-billing',
    messageId: '<1@vendor.test>',
    from: 'billing@vendor.test',
    subject: `for ${address}`,
    recipients: [address, other],
    scoreBits: 9,
    verdict: 'suspicious',
    action: 'tag',
    isHeld: false,
    reply: '250 2.0.0 queued',
    campaign: '',
    keys: [],
    telling: [],
    values: [],
    taught,
    takenBack: null,
    lesson: taught,
    sightings: null,
  };
}

before(async () => {
  const pseudonym = createPseudonym(await loadPseudonymKey(state));
  const quarantine = await openQuarantine(join(state, 'quarantine'));
  for (const id of [heldId, '0mh2q7k1c4x9p0zv5t00']) {
    const { envelope } = heldMessage();
    const held = heldMessage({
      id,
      envelope: { ...envelope, rcptTo: [address], rcptParameters: [''] },
    });
    await quarantine.hold(held, prefix, content);
  }
  await quarantine.delete('0mh2q7k1c4x9p0zv5t00', new Date());
  await using baselines = await openStore(store, { limits: defaultStoreLimits, timeoutMs });
  for (const alias of ['vendor-billing', 'other-vendor']) {
    const values = [address, other].map((each) => touch('recipient', pseudonym(each)));
    await baselines.commit(lesson(alias, 20_517, { values }));
  }
  await using reviews = await openReviewStore(store, { timeoutMs });
  await reviews.put('message', [recordOf(noted(watched(pseudonym)), pseudonym)]);
  using notices = openNoticesFile(noticesPath(state));
  const to = [address, other].map((each) => ({ address: each, audience: 'recipient' as const }));
  createOutbox(notices).add({ kind: 'held', message: heldId, campaign: '', to }, new Date());
  using vectors = openVectorsFile(join(state, vectorsFileName));
  const rows = [[address], [address, other], [other]].map((recipients, index) => ({
    ...{ id: `kept-${index}`, alias: 'vendor-billing', isHeld: false, day: 20_517, key: 0.5 },
    ...{ ruleset: 'r', recipients: recipients.map(pseudonym), snapshot: 's', fits: 'f' },
    body: Buffer.from(`kept for ${recipients.join(' and ')}`),
  }));
  const shared = new Map(['s', 'f'].map((name) => [name, Buffer.from(name)]));
  vectors.add({ rows, shared, scored: [] });
  const head = await appendAll(join(state, 'audit'), [
    record({ personal: { recipient1: address, recipient2: other } }),
  ]);
  await using heads = await openHeads(store, { timeoutMs });
  await heads.publish(head);
});

/** Everything on disk but what is still held, and the index of that, one after the other. */
async function allBytes(
  heldMail = new RegExp(`^baselines\\.db-quarantine|${heldId}`),
): Promise<string> {
  const files = await readdir(state, { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile() && !heldMail.test(file.name));
  const bytes = kept.map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(bytes)).join('\n');
}

const found = [
  { title: 'values of the audit log', count: 1 },
  { title: 'recipients of baselines', count: 2 },
  { title: "records of the organization's ledgers", count: 0 },
  { title: 'messages that reviewers see', count: 1 },
  { title: 'released or deleted mail', count: 1 },
  { title: 'notices', count: 1 },
  { title: 'mail kept for rules backtest', count: 2 },
];

test('--dry-run says what there is and changes nothing', async () => {
  for (let time = 0; time < 2; time++) {
    const { code, json } = await shell.runJson([
      'privacy',
      'erase',
      '--recipient',
      address,
      '--dry-run',
    ]);
    assert.equal(code, 1);
    assert.deepEqual(json, { erased: false, parts: found, held: [heldId], salt: null });
  }
  assert.ok((await allBytes()).includes(address));
});

test('erased everywhere but where somebody still waits for mail; the record proves it and verifies', async () => {
  const erase = ['privacy', 'erase', '--recipient', 'Ann@Example.com'];
  const { code, json, stderr } = await shell.runJson(erase);
  assert.equal(code, 1);
  assert.deepEqual([json['erased'], json['parts'], json['held']], [true, found, [heldId]]);
  assert.match(stderr, /^error: 1 messages to the address are still held: release or delete them/);
  const bytes = await allBytes();
  assert.ok(!bytes.includes(address));
  assert.ok(bytes.includes(other));
  {
    using vectors = openVectorsFile(join(state, vectorsFileName), { readOnly: true });
    const rows = vectors.select({ since: 0, aliases: null, perAlias: 10 });
    assert.deepEqual(
      vectors.read(rows).map((row) => Buffer.from(row?.body ?? []).toString()),
      [`kept for ${other}`],
    );
  }

  const verified = await shell.run(['audit', 'verify']);
  assert.equal(verified.code, 0, verified.stdout);
  const listed = await shell.runJson(['audit', 'list', '--act', 'recipient-erased']);
  const [erasure] = listed.json['records'] as [{ facts: Record<string, unknown> }];
  const salt = json['salt'] as string;
  assert.equal(erasure.facts['commitment'], commitmentTo({ salt, value: address }));
  assert.equal(erasure.facts['notices'], 1);

  const again = await shell.runJson([...erase, '--dry-run']);
  assert.deepEqual(
    (again.json['parts'] as { count: number }[]).map(({ count }) => count),
    found.map(() => 0),
  );

  await (await openQuarantine(join(state, 'quarantine'))).delete(heldId, new Date());
  assert.equal((await shell.run(['quarantine', 'reindex'])).code, 0);
  assert.ok((await allBytes(/^$/)).includes(address));
  assert.equal((await shell.run(erase)).code, 0);
  assert.ok(!(await allBytes(/^$/)).includes(address), 'nor in the index of held mail');
});

test('mail that cannot be read may be hers: the exit code does not say that nothing is left', async () => {
  const elsewhere = shell.path('damaged');
  const quarantine = await openQuarantine(join(elsewhere, 'quarantine'));
  await quarantine.hold(heldMessage(), prefix, content);
  const { id } = heldMessage();
  const erase = ['privacy', 'erase', '--recipient', other, '--state-dir', elsewhere];
  assert.equal((await shell.run(erase)).code, 0);
  await writeFile(join(elsewhere, 'quarantine', `${id}.json`), '{');
  const { code, stderr } = await shell.run(erase);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^error: ${id}: .*is damaged`));
});

test('nothing is erased that cannot be recorded, and no address that is none', async () => {
  const wrong = await shell.run(['privacy', 'erase', '--recipient', 'ann']);
  assert.equal(wrong.code, 2);
  const nowhere = await shell.run([
    'privacy',
    'erase',
    '--recipient',
    other,
    '--state-dir',
    shell.path('no'),
  ]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^error: there is no state directory/);
});
