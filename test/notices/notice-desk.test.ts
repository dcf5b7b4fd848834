import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import { QuarantineError } from '../../src/quarantine/quarantine-error.ts';
import { openNoticeDesk, type NoticeSettings } from '../../src/notices/notice-desk.ts';
import { loadLinkKeys } from '../../src/notices/links/link-keys.ts';
import { noticeMessageId } from '../../src/notices/notice-message-id.ts';
import type { NoticeOutcome } from '../../src/notices/send-notices.ts';
import { reply, type Reply } from '../../src/smtp/reply.ts';
import type { Envelope } from '../../src/smtp/transaction.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import {
  clock,
  hourMs,
  messageId,
  minuteMs,
  noticeSettings,
  shippedLanguages,
  temporaryDirectory,
} from './samples.ts';

const languages = await shippedLanguages();
const signal = new AbortController().signal;
const envelope = {
  mailFrom: 'x@vendor.test',
  rcptTo: ['ann@example.test', 'bob@example.test'],
  mailParameters: '',
  rcptParameters: ['', ''],
};
const held = heldMessage({ id: messageId, envelope });

type Given = {
  readonly settings?: Partial<NoticeSettings>;
  readonly found?: HeldMessage | null | Error;
  readonly answer?: Reply;
};

/** A desk whose next hop and quarantine the test can change as it goes. */
async function openDesk(stateDir: string, { settings = {}, ...start }: Given = {}) {
  const { now, pass } = clock();
  const world: { found: HeldMessage | null | Error; answer: Reply } = {
    found: held,
    answer: reply(250, '2.0.0', 'Ok'),
    ...start,
  };
  const delivered: { readonly envelope: Envelope; readonly message: Buffer }[] = [];
  const outcomes: NoticeOutcome[] = [];
  const desk = await openNoticeDesk({
    settings: noticeSettings(stateDir, settings),
    languages,
    quarantine: {
      find: () =>
        world.found instanceof Error ? Promise.reject(world.found) : Promise.resolve(world.found),
    },
    expiryAction: 'release-tagged',
    deliver: async (to, content) => {
      delivered.push({ envelope: to, message: await content.prefix(content.sizeBytes) });
      return world.answer;
    },
    onOutcome: (outcome) => void outcomes.push(outcome),
    now,
  });
  return {
    ...desk,
    world,
    delivered,
    now,
    pass,
    said: () => outcomes.map(({ kind, outcome }) => `${kind} ${outcome}`),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

test('at once: the desk and each recipient, without a sender', async () => {
  await using directory = await temporaryDirectory();
  await using desk = await openDesk(directory.path, { settings: { noticeRecipients: 'held' } });
  desk.tellOfHeld(held);
  desk.pass(minuteMs);
  await desk.send('due', signal);
  assert.deepEqual(
    desk.delivered
      .map(({ envelope: { mailFrom, rcptTo } }) => `<${mailFrom}> ${rcptTo.join()}`)
      .sort(),
    ['<> ann@example.test', '<> bob@example.test', '<> desk@mx.test'],
  );
});

test('digest: nothing before its hour, everything in one then', async () => {
  await using directory = await temporaryDirectory();
  const settings = { noticeMode: 'digest', digestEveryHours: 1 } as const;
  await using desk = await openDesk(directory.path, { settings });
  desk.tellOfHeld(held);
  desk.tellOfHeld({ ...held, id: '0mh2q7k1c4x9p0zv5t00', campaign: 'another' });
  desk.pass(2 * minuteMs);
  await desk.send('due', signal);
  assert.deepEqual(desk.said(), []);
  desk.pass(hourMs);
  await desk.send('due', signal);
  assert.deepEqual(desk.said(), ['held sent']);
  const { subject } = await simpleParser(desk.delivered[0]!.message);
  assert.equal(subject, 'Mail held for review: 2');
});

test('digest: what is being held at its hour is told of once it is held', async () => {
  await using directory = await temporaryDirectory();
  const settings = { noticeMode: 'digest', digestEveryHours: 1 } as const;
  await using desk = await openDesk(directory.path, { settings, found: null });
  desk.pass(hourMs - 1);
  desk.tellOfHeld(held);
  desk.pass(1);
  await desk.send('due', signal);
  assert.deepEqual(desk.said(), []);
  desk.world.found = held;
  desk.pass(minuteMs);
  await desk.send('due', signal);
  assert.deepEqual(desk.said(), ['held sent']);
});

test('more than one round takes are all sent at once', async () => {
  await using directory = await temporaryDirectory();
  const noticeTo = Array.from({ length: 501 }, (_, index) => `desk${index}@mx.test`);
  await using desk = await openDesk(directory.path, { settings: { noticeTo } });
  desk.tellOfHeld(held);
  await desk.send('all', signal);
  assert.equal(desk.delivered.length, 501);
});

test('off: nobody is told', async () => {
  await using directory = await temporaryDirectory();
  await using desk = await openDesk(directory.path, { settings: { noticeMode: 'off' } });
  desk.tellOfHeld(held);
  desk.tellOfExpiry(held);
  await desk.send('all', signal);
  assert.deepEqual(desk.said(), []);
});

describe('when the notice is composed', () => {
  const cases: readonly {
    readonly name: string;
    readonly found: Given['found'];
    readonly says: string;
  }[] = [
    { name: 'the message was never held after all', found: null, says: 'settled' },
    { name: 'it was deleted', found: { ...held, state: 'deleted' }, says: 'settled' },
    { name: 'it was released', found: { ...held, state: 'released' }, says: 'settled' },
    {
      name: 'its entry is damaged',
      found: new QuarantineError('damaged', 'cannot be read'),
      says: 'settled',
    },
    { name: 'the disk fails', found: new QuarantineError('failed', 'EIO'), says: 'again' },
  ];
  for (const { name, found, says } of cases)
    test(`${name}: ${says}`, async () => {
      await using directory = await temporaryDirectory();
      await using desk = await openDesk(directory.path, { found: found ?? null });
      desk.tellOfHeld(held);
      await desk.send('all', signal);
      assert.deepEqual(desk.said(), [`held ${says}`]);
      assert.equal(desk.delivered.length, 0);
    });

  test('a recipient who has the message by now is not told', async () => {
    await using directory = await temporaryDirectory();
    const deliveries = [
      { recipient: 'ann@example.test', at: held.heldAt, reply: '250', delivered: true },
    ];
    await using desk = await openDesk(directory.path, {
      settings: { noticeRecipients: 'held', noticeTo: [] },
      found: { ...held, deliveries },
    });
    desk.tellOfHeld(held);
    await desk.send('all', signal);
    assert.deepEqual(
      desk.delivered.map(({ envelope: to }) => to.rcptTo.join()),
      ['bob@example.test'],
    );
  });

  test('there is never a notice about a notice of ours', async () => {
    await using directory = await temporaryDirectory();
    const { current } = await loadLinkKeys(directory.path);
    const own = noticeMessageId('0mh2q7k1c4x9p0zv5t3c', 'mx.test', current.key);
    await using desk = await openDesk(directory.path, { found: { ...held, messageId: own } });
    desk.tellOfHeld(held);
    await desk.send('all', signal);
    assert.deepEqual(desk.said(), ['held settled']);
  });
});

describe('a next hop that', () => {
  test('is down gets it later, and is not asked a thousand times', async () => {
    await using directory = await temporaryDirectory();
    const noticeTo = Array.from({ length: 20 }, (_, index) => `desk${index}@mx.test`);
    await using desk = await openDesk(directory.path, {
      settings: { noticeTo },
      answer: reply(451, '4.4.1', 'no answer'),
    });
    desk.tellOfHeld(held);
    await desk.send('all', signal);
    assert.equal(desk.delivered.length, 3);
    desk.world.answer = reply(250, '2.0.0', 'Ok');
    desk.pass(2 * minuteMs);
    await desk.send('due', signal);
    assert.equal(desk.said().filter((line) => line === 'held sent').length, 20);
  });
  test('is down for days is given up, and says so', async () => {
    await using directory = await temporaryDirectory();
    await using desk = await openDesk(directory.path, { answer: reply(451, '4.4.1', 'no answer') });
    desk.tellOfHeld(held);
    desk.pass(minuteMs);
    for (let hour = 0; hour < 80; hour++) {
      await desk.send('due', signal);
      desk.pass(hourMs);
    }
    assert.equal(desk.said().at(-1), 'held expired');
    assert.equal(desk.outbox.status(desk.now()).pending, 0);
    assert.match(desk.outbox.status(desk.now()).failures[0]?.reply ?? '', /no answer/);
  });
  test('refuses the address is not asked again', async () => {
    await using directory = await temporaryDirectory();
    await using desk = await openDesk(directory.path, { answer: reply(550, '5.1.1', 'unknown') });
    desk.tellOfHeld(held);
    await desk.send('all', signal);
    desk.pass(hourMs);
    await desk.send('due', signal);
    assert.deepEqual(desk.said(), ['held refused']);
  });
});

test('mail that expires: what happens then, and when', async () => {
  await using directory = await temporaryDirectory();
  await using desk = await openDesk(directory.path);
  desk.tellOfExpiry(held);
  desk.pass(minuteMs);
  await desk.send('due', signal);
  const { text = '' } = await simpleParser(desk.delivered[0]!.message);
  assert.match(text.replace(/\s+/g, ' '), /it will be delivered with a warning/);
});

describe('mail that was delivered and turned out to be an attack', () => {
  const member = (number: number, recipients: readonly string[]) => ({
    id: `0mh2q7k1c4x9p0zv5t0${number}`,
    at: '2026-03-05T06:00:00.000Z',
    alias: 'vendor-billing',
    from: 'billing@vendor.test',
    subject: 'Call 802 538 3069',
    recipients,
  });
  const members = [
    member(1, ['ann@example.test', 'bob@example.test']),
    member(2, ['ann@example.test']),
  ];

  test('its recipients are told, each of their own', async () => {
    await using directory = await temporaryDirectory();
    await using desk = await openDesk(directory.path, {
      settings: { publicUrl: 'https://held.example.test' },
      found: null,
    });
    await desk.attacks.tell({ campaign: 'c1', copies: members, whom: 'recipients' });
    desk.pass(minuteMs);
    await desk.send('due', signal);
    const told = await Promise.all(
      desk.delivered.map(async ({ envelope: to, message }) => {
        const { subject, text = '' } = await simpleParser(message);
        assert.ok(!/802|https:/.test(text), text);
        return `${to.rcptTo.join()}: ${subject ?? ''}`;
      }),
    );
    assert.deepEqual(told.sort(), [
      'ann@example.test: Mail that was an attack: 2',
      'bob@example.test: Mail that was an attack: 1',
    ]);
  });

  test('the administrators learn whose mailboxes it is in', async () => {
    await using directory = await temporaryDirectory();
    await using desk = await openDesk(directory.path, { found: null });
    await desk.attacks.tell({ campaign: 'c1', copies: members, whom: 'admins' });
    await desk.send('all', signal);
    const { text = '' } = await simpleParser(desk.delivered[0]!.message);
    assert.match(text, /ann@example\[\.\]test, bob@example\[\.\]test/);
  });
});

describe('killed', () => {
  for (const { point, total } of [
    { point: 'after it was held', total: 1 },
    { point: 'before delivery', total: 1 },
    { point: 'after delivery', total: 2 },
    { point: 'after it was written down', total: 1 },
  ])
    test(`${point}: told, and at most once too often`, async () => {
      await using directory = await temporaryDirectory();
      await using mailbox = await SmtpRecorder.start();
      const { port } = mailbox.address;
      const child = spawn(
        process.execPath,
        [
          fileURLToPath(new URL('send-and-die.ts', import.meta.url)),
          directory.path,
          String(port),
          point,
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      assert.deepEqual(await once(child, 'close'), [null, 'SIGKILL']);

      await using desk = await openDesk(directory.path);
      // The clock of the test is long past; that of the child is the machine's.
      desk.pass(Date.now() - desk.now().getTime() + 11 * minuteMs);
      await desk.send('due', signal);
      assert.equal(mailbox.messages.length + desk.delivered.length, total);
      desk.pass(hourMs);
      await desk.send('due', signal);
      assert.equal(mailbox.messages.length + desk.delivered.length, total);
    });
});
