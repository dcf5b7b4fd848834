import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-log.ts';
import { createPseudonym } from '../../../src/features/hash.ts';
import { noticesPath, openNoticesFile } from '../../../src/notices/notices-file.ts';
import { createOutbox } from '../../../src/notices/outbox.ts';
import { loadPseudonymKey } from '../../../src/pseudonym-key.ts';
import { openQuarantine } from '../../../src/quarantine/directory-quarantine.ts';
import { joinMessages, storedCampaign } from '../../../src/review/campaign-record.ts';
import type { Act } from '../../../src/review/review.ts';
import { openReviewStore } from '../../../src/review/open-review-store.ts';
import { noted, recordOf, type WatchedMessage } from '../../../src/review/watched-message.ts';
import { content, heldMessage, prefix } from '../../quarantine/samples.ts';
import { openShell } from '../shell.ts';

const shell = await openShell();
const state = shell.path('state');
const store = ['--store', `sqlite:${shell.path('state/baselines.db')}`];
const campaign = '0c1d2e3f4a5b';
const heldOnly = 'ffffffffffff';
const large = '1111111111aa';
const quiet = '2222222222bb';

function passed(id: string, changes: Partial<WatchedMessage>): WatchedMessage {
  return {
    id: `0mh2q7k1c4x9p0zv5t${id}`,
    at: new Date(Date.now() - 3_600_000).toISOString(),
    alias: 'paypal-service',
    messageId: `<${id}@vendor.test>`,
    from: 'service@paypal.com',
    subject: 'Note from a seller',
    recipients: [],
    scoreBits: 9,
    verdict: 'pass',
    action: 'deliver',
    isHeld: false,
    reply: '250 2.0.0 Ok: queued as Q1',
    campaign: '',
    keys: ['number'],
    telling: ['number'],
    values: [],
    taught: null,
    takenBack: null,
    lesson: null,
    sightings: null,
    ...changes,
  };
}

before(async () => {
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  const held = heldMessage({ id: '0mh2q7k1c4x9p0zv5t00', campaign: heldOnly });
  await quarantine.hold(held, prefix, content);
  const { envelope } = held;
  const waiting = { ...envelope, rcptTo: ['eve@example.com'], rcptParameters: [''] };
  const alias = 'paypal-service';
  const id = '0mh2q7k1c4x9p0zv5t01';
  await quarantine.hold({ ...held, id, campaign, alias, envelope: waiting }, prefix, content);
  await remember([
    passed('03', { recipients: ['ann@example.com'], action: 'tag', campaign }),
    passed('02', { recipients: ['ann@example.com', 'bob@example.com'] }),
  ]);
});

/** As a gateway does; the first is flagged. */
async function remember(messages: readonly WatchedMessage[]): Promise<void> {
  await using reviews = await openReviewStore(store[1]!, { timeoutMs: 2000 });
  const pseudonym = createPseudonym(await loadPseudonymKey(state));
  await reviews.put(
    'message',
    messages.map((message) => recordOf(noted(message), pseudonym)),
  );
  await reviews.put('campaign', [storedCampaign(joinMessages(null, messages.slice(0, 1)))]);
}

/** Everything that a gateway would send now, as it is delivered. */
function sent(): readonly string[] {
  using file = openNoticesFile(noticesPath(state));
  const outbox = createOutbox(file);
  const now = new Date();
  while (outbox.plan(now, 'all'));
  const notices: string[] = [];
  for (let next = outbox.claim(now); next !== null; next = outbox.claim(now)) {
    notices.push(`${next.kind}: ${next.to.address} ${next.messages.length}`);
    outbox.finish(next.id, 'sent', '250 Ok', now);
  }
  return notices.sort();
}

const notify = (...args: readonly string[]) => shell.run(['campaign', 'notify', ...args, ...store]);

test('what would be sent, and to how many, before anything is', async () => {
  const { code, stdout, stderr } = await notify(campaign, '--to', 'recipients', '--dry-run');
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^2 of 2 would be told, of 2 delivered messages\n\nTo: ann@example\.com\nSubject: /,
  );
  assert.match(stdout, /Note from a seller/);
  assert.doesNotMatch(stdout, /bob@/, 'who else has it is nobody else’s business');
  assert.deepEqual(sent(), []);
});

test('copies from before the first flag and tagged ones: each recipient once, and never again', async () => {
  const first = await notify(campaign, '--to', 'recipients', '--reason', 'call-back lure');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /done +2 people are told of 2 delivered messages within minutes/);
  assert.doesNotMatch(first.stdout, /takes it back/);
  assert.match(first.stderr, /^warning: nobody has confirmed that it is an attack/);
  assert.deepEqual(sent(), ['attack: ann@example.com 2', 'attack: bob@example.com 1']);
  const again = await notify(campaign, '--to', 'recipients');
  assert.equal(again.code, 0);
  assert.match(
    again.stdout,
    /already +nobody is told again: all of 2 delivered messages was told before/,
  );
  assert.deepEqual(sent(), []);
});

test('administrators: those who are new hear of it', async () => {
  const one = await notify(campaign, '--to', 'admins', '--notice-to', 'desk@example.com');
  assert.match(one.stdout, /1 person is told of 2 delivered messages/);
  const two = ['--notice-to', 'desk@example.com,night@example.com'];
  const both = await notify(campaign, '--to', 'admins', ...two, '--json');
  const act = JSON.parse(both.stdout) as Act;
  assert.deepEqual(act.effects[0]?.told, {
    to: 'admins',
    people: 2,
    news: 1,
    messages: 2,
    nameless: 0,
    confirmed: false,
  });
  assert.match(act.effects[0].detail, /^1 person is told of .*; 1 knew it before$/);
  assert.deepEqual(sent(), ['attack: desk@example.com 2', 'attack: night@example.com 2']);
});

test('an act with who, when and why, on record without names; nobody takes it back', async () => {
  const { json } = await shell.runJson(['audit', 'list', '--act', 'campaign-notified']);
  const records = json['records'] as readonly Pick<
    AuditRecord,
    'subject' | 'facts' | 'actor' | 'reason'
  >[];
  assert.ok(records.every(({ subject }) => subject === campaign));
  assert.deepEqual(
    records.map(({ reason, actor, facts }) => [reason, actor.via, facts['to'], facts['news']]),
    [
      ['', 'command', 'admins', 1],
      ['', 'command', 'admins', 1],
      ['call-back lure', 'command', 'recipients', 2],
    ],
  );
  assert.ok(!JSON.stringify(records).includes('@example.com'));
  const listed = await shell.runJson(['quarantine', 'acts', ...store]);
  const acts = listed.json['acts'] as readonly Act[];
  assert.deepEqual([...new Set(acts.map(({ kind }) => kind))], ['notify']);
  const undone = await shell.run(['quarantine', 'undo', acts[0]?.id ?? '', ...store]);
  assert.equal(undone.code, 1);
  assert.match(undone.stderr, /what people were told is not taken back/);
});

test('recipients past those that are remembered are counted, everywhere', async () => {
  const recipients = Array.from({ length: 1000 }, (_, index) => `r${index}@example.com`);
  const own = { keys: ['large'], telling: ['large'] };
  const many = passed('04', {
    ...own,
    recipients,
    moreRecipients: 7,
    action: 'tag',
    campaign: large,
  });
  await remember([many]);
  const { stdout } = await notify(large, '--to', 'recipients', '--dry-run');
  assert.match(stdout, /^1000 of 1000 .*\n7 more are left out: their addresses are not remembered/);
  const { code, stdout: done } = await notify(large, '--to', 'recipients', '--json');
  assert.equal(code, 0);
  const [effect] = (JSON.parse(done) as Act).effects;
  assert.deepEqual([effect?.told?.news, effect?.told?.nameless], [1000, 7]);
  assert.match(effect?.detail ?? '', /; 7 more recipients are left out, since/);
  assert.equal(sent().length, 1000);
  const exported = await shell.run(['campaign', 'export', large, ...store]);
  assert.equal(exported.stdout.split('\r\n').length, 1002);
  assert.match(exported.stderr, /^warning: 7 more recipients have a copy/);
  assert.match((await shell.run(['campaign', 'show', large, ...store])).stdout, / \+7$/m);
});

test('noticeMode off keeps it back, and the sentence says how to send it all the same', async () => {
  const off = { environment: { ALIASWATCH_NOTICE_MODE: 'off' } };
  await remember([
    passed('05', {
      keys: ['quiet'],
      telling: ['quiet'],
      recipients: ['eve@example.com'],
      action: 'tag',
      campaign: quiet,
    }),
  ]);
  const asked = ['campaign', 'notify', quiet, '--to', 'recipients', ...store];
  const { code, stdout, stderr } = await shell.run(asked, off);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(
    stderr,
    /^error: noticeMode is off, .*set it to immediate or digest, or give --notice-mode/,
  );
  assert.deepEqual(sent(), []);
  const forced = await shell.run([...asked, '--notice-mode', 'immediate'], off);
  assert.equal(forced.code, 0, forced.stderr);
  assert.deepEqual(sent(), ['attack: eve@example.com 1']);
});

test('refused where nobody has a copy, without a trace', async () => {
  const { code, stdout, stderr } = await notify(heldOnly, '--to', 'recipients');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(
    stderr,
    /^error: nobody has a copy of campaign ffffffffffff: there is no one to tell\n$/,
  );
  const { json } = await shell.runJson(['audit', 'list', '--act', 'campaign-notified']);
  assert.ok(!JSON.stringify(json).includes(heldOnly));
  const acts = await shell.runJson(['quarantine', 'acts', ...store]);
  assert.ok(!JSON.stringify(acts.json).includes(heldOnly));
});
