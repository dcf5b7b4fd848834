import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openNoticeDesk } from '../../src/notices/notice-desk.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { openHeldMail } from '../../src/quarantine/open-held-mail.ts';
import { reply } from '../../src/smtp/reply.ts';
import { shippedLanguages } from '../notices/samples.ts';
import { content, heldMessage, prefix } from '../quarantine/samples.ts';
import { openDesk, operator } from './desk.ts';

const languages = await shippedLanguages();
const campaign = '0c1d2e3f4a5b';
const byConsole = { ...operator, via: 'console' } as const;
const how = { to: 'recipients', reason: 'call-back lure' } as const;
const firstPage = { limit: 10 };

/** A desk whose people are told by notices of a real file, and who was told by whom. */
async function openTelling(settings: Partial<Settings> = {}) {
  await using opened = new AsyncDisposableStack();
  const delivered: string[] = [];
  const open = async (folder: string) =>
    opened.use(
      await openNoticeDesk({
        settings: { ...completeSettings({ stateDir: folder }, 'mx.test'), ...settings },
        languages,
        quarantine: { find: () => Promise.resolve(null) },
        expiryAction: 'release-tagged',
        deliver: ({ rcptTo }) => {
          delivered.push(...rcptTo);
          return Promise.resolve(reply(250, '2.0.0', 'Ok'));
        },
        onOutcome: () => undefined,
        now: () => new Date(),
      }),
    );
  let notices: Awaited<ReturnType<typeof open>> | null = null;
  const desk = opened.use(
    await openDesk('sqlite', (deps) => ({ ...deps, notices: () => notices?.attacks ?? null })),
  );
  notices = await open(desk.folder);
  const send = notices.send;
  const owned = opened.move();
  return {
    ...desk,
    /** Who gets a notice now. */
    sent: async () => {
      await send('all', new AbortController().signal);
      return delivered.splice(0).sort();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe('people are told of a campaign', () => {
  test('a double click, and several at once: once, with one line on the record', async () => {
    await using desk = await openTelling();
    const recipients = ['ann@example.test', 'ben@example.test'];
    await desk.pass({ campaign, action: 'tag', recipients });
    const acts = await Promise.all(
      Array.from({ length: 5 }, () => desk.review.notify(campaign, byConsole, how)),
    );
    assert.deepEqual(acts.map(({ effects }) => effects[0]?.outcome).sort(), [
      'already',
      'already',
      'already',
      'already',
      'done',
    ]);
    const told = desk.audited.filter(({ act }) => act === 'campaign-notified');
    assert.deepEqual(
      told.map(({ subject, actor, reason, facts }) => [subject, actor, reason, facts['news']]),
      [[campaign, byConsole, how.reason, 2]],
    );
    assert.deepEqual(await desk.sent(), recipients);
    assert.deepEqual(
      (await desk.review.acts(firstPage)).map(({ kind, subject, by }) => [kind, subject, by]),
      acts.map(() => ['notify', campaign, byConsole]),
    );
    await desk.pass({ campaign, action: 'tag', recipients: ['cleo@example.test'] });
    const [effect] = (await desk.review.notify(campaign, byConsole, how)).effects;
    assert.equal(
      effect?.detail,
      '1 person is told of 2 delivered messages within minutes; 2 knew it before',
    );
    assert.deepEqual(await desk.sent(), ['cleo@example.test']);
  });

  test('what cannot be recorded is told to nobody, and told when it is tried again', async () => {
    await using desk = await openTelling();
    await desk.pass({ campaign, action: 'tag', recipients: ['ann@example.test'] });
    desk.breakAudit();
    await assert.rejects(desk.review.notify(campaign, byConsole, how), /the disk is full/);
    assert.deepEqual(await desk.sent(), []);
    desk.breakAudit(false);
    const act = await desk.review.notify(campaign, byConsole, how);
    assert.equal(act.effects[0]?.outcome, 'done');
    assert.deepEqual(await desk.sent(), ['ann@example.test']);
    await assert.rejects(desk.review.undo(act.id, byConsole, how), /stays told|is not taken back/);
  });

  test('of a message that some have, those; of one with more than are remembered, how many more', async () => {
    await using desk = await openTelling();
    const rcptTo = ['ann@example.test', 'ben@example.test'];
    const envelope = {
      mailFrom: '',
      rcptTo,
      mailParameters: '',
      rcptParameters: rcptTo.map(() => ''),
    };
    const held = await desk.hold({ campaign, envelope });
    await assert.rejects(
      desk.review.notifying(campaign, 'recipients'),
      /^Error: nobody has a copy/,
    );
    await desk.review.release({ message: held }, operator, {
      reason: '',
      recipients: [rcptTo[1]!],
    });
    const before = await desk.review.notifying(campaign, 'recipients');
    assert.deepEqual([before.news, before.nameless, before.notice.to], [1, 0, rcptTo[1]]);
    await desk.pass({
      campaign,
      action: 'tag',
      recipients: ['cleo@example.test'],
      moreRecipients: 3,
    });
    const [effect] = (await desk.review.notify(campaign, byConsole, how)).effects;
    assert.deepEqual([effect?.told?.news, effect?.told?.nameless], [2, 3]);
    assert.match(effect?.detail ?? '', /; 3 more recipients are left out, since/);
    assert.deepEqual(await desk.sent(), ['ben@example.test', 'cleo@example.test']);
  });

  test('of a message that another node holds, those whom that has sent it to', async () => {
    await using desk = await openTelling();
    await using node = await openHeldMail({
      directory: join(desk.folder, 'quarantine-of-another-node'),
      store: `sqlite:${join(desk.folder, 'baselines.db')}`, // that of the desk
      storeTimeoutMs: 5000,
      keyFile: null,
      maxBytes: null,
      onIndexFailed: assert.ifError,
    });
    const held = heldMessage({ campaign });
    const [recipient = ''] = held.envelope.rcptTo;
    const rcptTo = [recipient, 'ben@example.test'];
    const delivery = { recipient, at: held.heldAt, reply: '250 2.0.0 Ok', delivered: true };
    const envelope = { ...held.envelope, rcptTo, rcptParameters: ['', ''] };
    await node.hold({ ...held, envelope, deliveries: [delivery] }, prefix, content);
    await node.list({}, { limit: 1 }); // it is in the index then
    await assert.rejects(desk.quarantine.find(held.id), { problem: 'elsewhere' });
    await desk.review.notify(campaign, byConsole, how);
    assert.deepEqual(await desk.sent(), [recipient]);
  });

  for (const [settings, to, sentence] of [
    [{ noticeMode: 'off' }, 'recipients', /^Error: noticeMode is off, .*immediate or digest/],
    [{ noticeMode: 'off', noticeTo: ['desk@mx.test'] }, 'admins', /^Error: noticeMode is off/],
    [{}, 'admins', /^Error: no administrator is named: set noticeTo/],
  ] as const)
    test(`refused without a trace: ${JSON.stringify(settings)}, to ${to}`, async () => {
      await using desk = await openTelling(settings as Partial<Settings>);
      await desk.pass({ campaign, action: 'tag', recipients: ['ann@example.test'] });
      await assert.rejects(desk.review.notify(campaign, byConsole, { ...how, to }), sentence);
      await assert.rejects(desk.review.notifying(campaign, to), sentence);
      assert.deepEqual([await desk.sent(), await desk.review.acts(firstPage)], [[], []]);
      assert.deepEqual(desk.audited, []);
    });
});
