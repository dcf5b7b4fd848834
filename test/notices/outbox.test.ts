import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { erasableNotices } from '../../src/notices/erase-recipient.ts';
import { createRequests } from '../../src/notices/links/recipient-requests.ts';
import { openNoticesFile, noticesPath } from '../../src/notices/notices-file.ts';
import { createOutbox, type Outbox } from '../../src/notices/outbox.ts';
import type { Addressee } from '../../src/notices/notice.ts';
import { clock, hourMs, minuteMs, temporaryDirectory } from './samples.ts';

const desk = { address: 'desk@mx.test', audience: 'admin' } as const;
const ann = { address: 'ann@example.test', audience: 'recipient' } as const;

function open(path = ':memory:'): Outbox & { readonly close: () => void } {
  const database = openNoticesFile(path);
  return { ...createOutbox(database), close: () => database.close() };
}

function idOf(number: number): string {
  return String(number).padStart(20, '0');
}

function tell(
  outbox: Outbox,
  number: number,
  now: Date,
  campaign = 'c1',
  to: readonly Addressee[] = [desk],
): void {
  outbox.add({ kind: 'held', message: idOf(number), campaign, to }, now);
}

/** Everything that goes out now, as `address: messages`. */
function sentNow(outbox: Outbox, now: Date): string[] {
  outbox.plan(now);
  const sent: string[] = [];
  for (let next = outbox.claim(now); next !== null; next = outbox.claim(now)) {
    sent.push(`${next.to.address}: ${next.messages.length}`);
    outbox.finish(next.id, 'sent', '250 Ok', now);
  }
  return sent;
}

describe('an attack of 500 messages', () => {
  test('is one notice that counts, and one more an hour later for what came after', () => {
    const outbox = open();
    const { now, pass } = clock();
    for (let number = 0; number < 400; number++) tell(outbox, number, now());
    assert.deepEqual(sentNow(outbox, now()), [], 'the first minute is for its copies');
    pass(minuteMs);
    assert.deepEqual(sentNow(outbox, now()), ['desk@mx.test: 400']);
    for (let number = 400; number < 500; number++) tell(outbox, number, now());
    pass(30 * minuteMs);
    assert.deepEqual(sentNow(outbox, now()), []);
    assert.equal(outbox.status(now()).overdueSince, null, 'it waits by intent');
    pass(30 * minuteMs);
    assert.deepEqual(sentNow(outbox, now()), ['desk@mx.test: 100']);
  });
  test('does not hold up another campaign', () => {
    const outbox = open();
    const { now, pass } = clock();
    tell(outbox, 1, now());
    pass(minuteMs);
    sentNow(outbox, now());
    tell(outbox, 2, now(), 'c1');
    tell(outbox, 3, now(), 'c2');
    pass(minuteMs);
    assert.deepEqual(sentNow(outbox, now()), ['desk@mx.test: 1']);
  });
});

test('one that is held twice is told of once', () => {
  const outbox = open();
  const { now, pass } = clock();
  tell(outbox, 1, now());
  tell(outbox, 1, now());
  pass(minuteMs);
  assert.deepEqual(sentNow(outbox, now()), ['desk@mx.test: 1']);
  tell(outbox, 1, now());
  pass(2 * hourMs);
  assert.deepEqual(sentNow(outbox, now()), []);
});

test('an attack is told of once, unless the notice could not be delivered', () => {
  const outbox = open();
  const { now, pass } = clock();
  const mail = { at: now().toISOString(), alias: '', from: '', subject: '', recipients: [] };
  const attack = () =>
    outbox.add({ kind: 'attack', message: idOf(1), campaign: 'c1', to: [ann, desk], mail }, now());
  assert.deepEqual(attack(), [ann.address, desk.address]);
  assert.deepEqual(attack(), [], 'it waits');
  outbox.plan(now(), 'all');
  for (let next = outbox.claim(now()); next !== null; next = outbox.claim(now()))
    outbox.finish(next.id, next.to.address === ann.address ? 'refused' : 'sent', '', now());
  assert.deepEqual(attack(), [ann.address]);
  pass(2 * hourMs);
  assert.deepEqual(sentNow(outbox, now()), ['ann@example.test: 1']);
  assert.deepEqual(attack(), []);
});

test('each addressee is bounded: at most twenty and one an hour a day, and nothing is left out', () => {
  const outbox = open();
  const { now, pass } = clock();
  let notices = 0;
  let messages = 0;
  const count = (sent: readonly string[]) => {
    notices += sent.length;
    for (const line of sent) messages += Number(line.split(': ')[1]);
  };
  // A flood of unrelated attacks for a day, two a minute.
  for (let number = 0; number < 2 * 24 * 60; number++) {
    tell(outbox, number, now(), '');
    pass(minuteMs / 2);
    count(sentNow(outbox, now()));
  }
  assert.ok(notices <= 20 + 24, `${notices} notices in a day`);
  assert.ok(notices > 20);
  pass(2 * hourMs);
  count(sentNow(outbox, now()));
  assert.equal(messages, 2 * 24 * 60);
});

test('a notice that is not taken is tried again, later each time', () => {
  const outbox = open();
  const { now, pass } = clock();
  tell(outbox, 1, now());
  pass(minuteMs);
  outbox.plan(now());
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const next = outbox.claim(now());
    assert.equal(next?.attempts, attempt);
    outbox.finish(next.id, 'again', '451 4.3.0 busy', now());
    let waited = 0;
    for (; outbox.status(now()).nextDueAt! > now(); waited++) pass(minuteMs);
    pauses.push(waited);
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
  const { pending, overdueSince, failures } = outbox.status(now());
  assert.equal(pending, 1);
  assert.ok(now().getTime() - overdueSince!.getTime() > 3 * hourMs);
  assert.deepEqual(failures[0]?.reply, '451 4.3.0 busy');
});

test('two processes do not send the same notice', async () => {
  await using directory = await temporaryDirectory();
  const [first, second] = [open(noticesPath(directory.path)), open(noticesPath(directory.path))];
  const { now, pass } = clock();
  tell(first, 1, now(), '', [desk]);
  tell(first, 2, now(), '', [ann]);
  pass(minuteMs);
  first.plan(now());
  second.plan(now());
  const claimed = [first.claim(now()), second.claim(now()), first.claim(now())];
  assert.deepEqual(claimed.map((notice) => notice?.to.address).sort(), [
    'ann@example.test',
    'desk@mx.test',
    undefined,
  ]);
  first.close();
  second.close();
});

test('what is waiting survives a restart, digests included', async () => {
  await using directory = await temporaryDirectory();
  const path = noticesPath(directory.path);
  const { now, pass } = clock();
  const due = new Date(now().getTime() + 5 * hourMs);
  const before = open(path);
  before.add({ kind: 'held', message: idOf(1), campaign: '', to: [ann], due }, now());
  before.close();
  const after = open(path);
  pass(4 * hourMs);
  assert.deepEqual(sentNow(after, now()), []);
  pass(hourMs);
  assert.deepEqual(sentNow(after, now()), ['ann@example.test: 1']);
  after.close();
});

test('a person is forgotten, also where an administrator would hear the name', async () => {
  const database = openNoticesFile(':memory:');
  const outbox = createOutbox(database);
  const { now } = clock();
  const mail = {
    at: now().toISOString(),
    alias: '',
    from: '',
    subject: '',
    recipients: ['Ann@example.test', 'bob@example.test'],
  };
  tell(outbox, 1, now(), '', [ann, desk]);
  outbox.add({ kind: 'attack', message: idOf(2), campaign: '', to: [desk], mail }, now());
  createRequests(database).add(
    { kind: 'release', message: idOf(1), recipient: ann.address },
    now(),
  );
  const erasable = erasableNotices(database);
  assert.equal(await erasable.countRecipient('ANN@example.test'), 3);
  assert.equal(await erasable.eraseRecipient('ANN@example.test'), 3);
  assert.equal(await erasable.countRecipient('ann@example.test'), 0);
  outbox.plan(now(), 'all');
  const told = [outbox.claim(now()), outbox.claim(now())].flatMap((notice) =>
    (notice?.messages ?? []).map((message) => message.mail?.recipients.join() ?? 'held'),
  );
  assert.deepEqual(told.sort(), ['bob@example.test', 'held']);
  database.close();
});

test('what is long over is forgotten', () => {
  const database = openNoticesFile(':memory:');
  const outbox = createOutbox(database);
  const { now, pass } = clock();
  tell(outbox, 1, now());
  pass(minuteMs);
  sentNow(outbox, now());
  const requests = createRequests(database);
  const ask = (number: number) =>
    requests.add({ kind: 'release', message: idOf(number), recipient: ann.address }, now());
  ask(1);
  ask(2);
  const [settled] = requests.about(idOf(1));
  requests.close(settled!.id, { state: 'granted', by: 'olga', detail: '', at: now() });
  const rows = () =>
    ['entry', 'notice', 'request'].map(
      (table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'],
    );
  pass(29 * 24 * hourMs);
  outbox.prune(now());
  assert.deepEqual(rows(), [1, 1, 2]);
  pass(2 * 24 * hourMs);
  outbox.prune(now());
  assert.deepEqual(rows(), [0, 0, 1], 'what is open stays');
  database.close();
});
