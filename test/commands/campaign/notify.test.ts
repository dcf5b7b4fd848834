import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createPseudonym } from '../../../src/features/hash.ts';
import { noticesPath, openNoticesFile } from '../../../src/notices/notices-file.ts';
import { createOutbox } from '../../../src/notices/outbox.ts';
import { loadPseudonymKey } from '../../../src/pseudonym-key.ts';
import { openQuarantine } from '../../../src/quarantine/directory-quarantine.ts';
import { joinMessages, storedCampaign } from '../../../src/review/campaign-record.ts';
import { openReviewStore } from '../../../src/review/open-review-store.ts';
import { recordOf, type WatchedMessage } from '../../../src/review/watched-message.ts';
import { content, heldMessage, prefix } from '../../quarantine/samples.ts';
import { openShell } from '../shell.ts';

const shell = await openShell();
const state = shell.path('state');
const store = ['--store', `sqlite:${shell.path('state/baselines.db')}`];
const campaign = '0c1d2e3f4a5b';
const heldOnly = 'ffffffffffff';

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
  await using reviews = await openReviewStore(store[1]!, { timeoutMs: 2000 });
  const pseudonym = createPseudonym(await loadPseudonymKey(state));
  const messages = [
    passed('02', { recipients: ['ann@example.com', 'bob@example.com'] }),
    passed('03', { recipients: ['ann@example.com'], action: 'tag', campaign }),
  ];
  await reviews.put(
    'message',
    messages.map((message) => recordOf(message, pseudonym)),
  );
  await reviews.put('campaign', [storedCampaign(joinMessages(null, messages.slice(1)))]);
});

/** Everything that a gateway would send now, as it is delivered. */
function sent(): readonly string[] {
  using file = openNoticesFile(noticesPath(state));
  const outbox = createOutbox(file);
  const now = new Date();
  outbox.plan(now, 'all');
  const notices: string[] = [];
  for (let next = outbox.claim(now); next !== null; next = outbox.claim(now)) {
    notices.push(`${next.kind}: ${next.to.address} ${next.messages.length}`);
    outbox.finish(next.id, 'sent', '250 Ok', now);
  }
  return notices.sort();
}

const notify = (...args: readonly string[]) => shell.run(['campaign', 'notify', ...args, ...store]);

test('copies from before the first flag and tagged ones: each recipient once, and never again', async () => {
  const first = await notify(campaign, '--to', 'recipients');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^2 people are told of 2 delivered messages within minutes/);
  assert.match(first.stderr, /^warning: nobody has confirmed that it is an attack/);
  assert.deepEqual(sent(), ['attack: ann@example.com 2', 'attack: bob@example.com 1']);
  const again = await notify(campaign, '--to', 'recipients');
  assert.equal(again.code, 0);
  assert.equal(again.stdout, 'nobody is told again: all of 2 delivered messages was told before\n');
  assert.deepEqual(sent(), []);
});

test('administrators: those who are new hear of it', async () => {
  const one = await notify(campaign, '--to', 'admins', '--notice-to', 'desk@example.com');
  assert.match(one.stdout, /^1 person is told of 2 delivered messages/);
  const two = ['--notice-to', 'desk@example.com,night@example.com'];
  const both = await notify(campaign, '--to', 'admins', ...two, '--json');
  assert.deepEqual(JSON.parse(both.stdout), {
    campaign,
    to: 'admins',
    people: 2,
    told: 1,
    messages: 2,
  });
  assert.deepEqual(sent(), ['attack: desk@example.com 2', 'attack: night@example.com 2']);
});

test('it is on record, without names', async () => {
  const { json } = await shell.runJson(['audit', 'list', '--act', 'campaign-notified']);
  const records = json['records'] as readonly { subject: string; facts: object }[];
  assert.ok(records.length > 0);
  assert.ok(records.every(({ subject }) => subject === campaign));
  assert.ok(!JSON.stringify(records).includes('@example.com'));
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
});
