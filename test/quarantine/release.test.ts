import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { releaseHeld } from '../../src/quarantine/release.ts';
import type { StoredQuarantine } from '../../src/quarantine/stored-quarantine.ts';
import { reply } from '../../src/smtp/reply.ts';
import type { Reply } from '../../src/smtp/reply.ts';
import type { Envelope } from '../../src/smtp/transaction.ts';
import { id } from '../action/samples.ts';
import { content, heldMessage, prefix, wholeMessage } from './samples.ts';

const now = new Date('2026-03-06T07:08:09Z');
const accepted = reply(250, '2.0.0', 'queued as 1');
const later = reply(451, '4.3.0', 'try again');
const never = reply(550, '5.1.1', 'no such user');

const held = heldMessage({
  envelope: {
    mailFrom: 'bounce@vendor.test',
    rcptTo: ['ann@example.test', 'bob@example.test'],
    mailParameters: 'BODY=8BITMIME',
    rcptParameters: ['NOTIFY=NEVER', ''],
  },
});

async function quarantineWithOne(t: TestContext): Promise<StoredQuarantine> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-release-'));
  t.after(() => rm(directory, { recursive: true }));
  const quarantine = await openQuarantine(directory);
  await quarantine.hold(held, prefix, content);
  return quarantine;
}

/** A next hop that answers as scripted and keeps what it was sent. */
function nextHop(...replies: readonly Reply[]) {
  const sent: { envelope: Envelope; bytes: Buffer }[] = [];
  const deliver = async (envelope: Envelope, message: { stream(): NodeJS.ReadableStream }) => {
    const answer = replies[sent.length];
    sent.push({ envelope, bytes: await buffer(message.stream()) });
    if (answer === undefined) throw new Error('sent more often than scripted');
    return answer;
  };
  return { sent, deliver };
}

test('each recipient gets the kept bytes below one new field, with its own parameters', async (t) => {
  const quarantine = await quarantineWithOne(t);
  const { sent, deliver } = nextHop(accepted, accepted);
  const outcome = await releaseHeld(quarantine, id, { deliver, now });
  assert.deepEqual(outcome, {
    id,
    recipients: [
      { recipient: 'ann@example.test', outcome: 'delivered', reply: '250 2.0.0 queued as 1' },
      { recipient: 'bob@example.test', outcome: 'delivered', reply: '250 2.0.0 queued as 1' },
    ],
    allDelivered: true,
    lesson: held.lesson,
  });
  const { mailFrom, mailParameters } = held.envelope;
  assert.deepEqual(
    sent.map(({ envelope }) => envelope),
    [
      { mailFrom, mailParameters, rcptTo: ['ann@example.test'], rcptParameters: ['NOTIFY=NEVER'] },
      { mailFrom, mailParameters, rcptTo: ['bob@example.test'], rcptParameters: [''] },
    ],
  );
  const field = Buffer.from(
    `X-Aliaswatch-Released: Fri, 06 Mar 2026 07:08:09 +0000;\r\n id=${id}\r\n`,
  );
  for (const { bytes } of sent) assert.deepEqual(bytes, Buffer.concat([field, wholeMessage]));
});

test('refused recipients stay held and are the only ones tried again', async (t) => {
  const quarantine = await quarantineWithOne(t);
  const first = await releaseHeld(quarantine, id, { ...nextHop(later, accepted), now });
  assert.deepEqual(
    first.recipients.map(({ outcome }) => outcome),
    ['refused', 'delivered'],
  );
  assert.equal(first.allDelivered, false);
  assert.equal(first.lesson, null);
  assert.deepEqual((await quarantine.find(id))?.deliveries, [
    {
      recipient: 'ann@example.test',
      at: now.toISOString(),
      reply: '451 4.3.0 try again',
      delivered: false,
    },
    {
      recipient: 'bob@example.test',
      at: now.toISOString(),
      reply: '250 2.0.0 queued as 1',
      delivered: true,
    },
  ]);

  const second = nextHop(never);
  assert.deepEqual((await releaseHeld(quarantine, id, { ...second, now })).recipients, [
    { recipient: 'ann@example.test', outcome: 'refused', reply: '550 5.1.1 no such user' },
    { recipient: 'bob@example.test', outcome: 'already-delivered', reply: '250 2.0.0 queued as 1' },
  ]);

  const third = nextHop(accepted);
  const last = await releaseHeld(quarantine, id, { ...third, now });
  assert.deepEqual(
    last.recipients.map(({ outcome }) => outcome),
    ['delivered', 'already-delivered'],
  );
  assert.deepEqual(last.lesson, held.lesson);
  assert.deepEqual(
    third.sent.map(({ envelope }) => envelope.rcptTo),
    [['ann@example.test']],
  );
  assert.equal((await quarantine.find(id))?.deliveries.length, 2);
});

test('releasing twice sends once', async (t) => {
  const quarantine = await quarantineWithOne(t);
  await releaseHeld(quarantine, id, { ...nextHop(accepted, accepted), now });
  const again = nextHop();
  const outcome = await releaseHeld(quarantine, id, { ...again, now });
  assert.deepEqual(again.sent, []);
  assert.equal(outcome.allDelivered, true);
});

test('only recipients of the envelope are sent to, each once', async (t) => {
  const quarantine = await quarantineWithOne(t);
  const hop = nextHop(accepted);
  const recipients = ['eve@elsewhere.test', 'bob@example.test', 'bob@example.test'];
  const outcome = await releaseHeld(quarantine, id, { ...hop, recipients, now });
  assert.deepEqual(outcome.recipients, [
    { recipient: 'eve@elsewhere.test', outcome: 'not-in-envelope', reply: null },
    { recipient: 'bob@example.test', outcome: 'delivered', reply: '250 2.0.0 queued as 1' },
  ]);
  assert.equal(outcome.allDelivered, false);
  assert.deepEqual(
    hop.sent.map(({ envelope }) => envelope.rcptTo),
    [['bob@example.test']],
  );
});

test('what was delivered before a failure is on disk', async (t) => {
  const quarantine = await quarantineWithOne(t);
  await assert.rejects(
    releaseHeld(quarantine, id, { ...nextHop(accepted), now }),
    /more often than scripted/,
  );
  const hop = nextHop(accepted);
  assert.equal((await releaseHeld(quarantine, id, { ...hop, now })).allDelivered, true);
  assert.deepEqual(
    hop.sent.map(({ envelope }) => envelope.rcptTo),
    [['bob@example.test']],
  );
});

test('an unknown message', async (t) => {
  const quarantine = await quarantineWithOne(t);
  await assert.rejects(releaseHeld(quarantine, 'z'.repeat(20), { ...nextHop(), now }), {
    problem: 'missing',
  });
});
