import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '../src/observability/metrics.ts';
import { createLog } from '../src/observability/log.ts';
import { recordEvents } from '../src/observability/record-events.ts';
import { completeSettings, type Settings } from '../src/config/settings.ts';
import { startNotices } from '../src/notices-in-background.ts';
import { memoryContent } from '../src/smtp/content.ts';
import { reply } from '../src/smtp/reply.ts';
import type { AuditRecord } from '../src/audit/audit-log.ts';
import type { HeldMessage } from '../src/quarantine/quarantine.ts';
import { heldMessage } from './quarantine/samples.ts';
import { clock, minuteMs, shippedLanguages, temporaryDirectory } from './notices/samples.ts';

const languages = await shippedLanguages();
const content = memoryContent(Buffer.from('Subject: x\r\n\r\n'));

const kept = new Map<string, HeldMessage>();

async function start(stateDir: string, settings: Partial<Settings> = {}) {
  const { now, pass } = clock(Date.now());
  const metrics = createMetrics('test');
  const sent: string[] = [];
  const audited: AuditRecord[] = [];
  const world = { diskIsFull: false, nextHopIsUp: true };
  const notices = await startNotices({
    settings: {
      ...completeSettings({ stateDir }, 'mx.test'),
      noticeTo: ['desk@mx.test'],
      ...settings,
    },
    languages,
    quarantine: { find: (id) => Promise.resolve(kept.get(id) ?? null) },
    expiryAction: 'delete',
    deliver: async (_, message) => {
      if (!world.nextHopIsUp) return reply(451, '4.4.1', 'no answer');
      sent.push((await message.prefix(message.sizeBytes)).toString());
      return reply(250, '2.0.0', 'Ok');
    },
    review: { release: () => Promise.reject(new Error('not expected')) },
    audit: {
      append: (record) => {
        audited.push(record);
        return Promise.resolve();
      },
    },
    events: recordEvents(metrics, createLog('silent')),
    now,
    everyMs: 10,
  });
  metrics.measureNotices(notices.status);
  const watched = notices.watching({
    hold: (message: HeldMessage) => {
      if (world.diskIsFull) return Promise.reject(new Error('ENOSPC'));
      kept.set(message.id, message);
      return Promise.resolve();
    },
  });
  const valueOf = async (name: string) =>
    new RegExp(`^aliaswatch_${name} (\\S+)$`, 'm').exec(await metrics.registry.metrics())?.[1];
  return {
    ...notices,
    world,
    sent,
    audited,
    pass,
    hold: (id: string) => watched.hold(heldMessage({ id }), Buffer.alloc(0), content),
    valueOf,
    until: async (condition: () => boolean | Promise<boolean>) => {
      while (!(await condition())) await sleep(5);
    },
    [Symbol.asyncDispose]: () => notices[Symbol.asyncDispose](),
  };
}

const id = '0mh2q7k1c4x9p0zv5t3b';

test('what is held is told of by itself, counted and recorded', async () => {
  await using directory = await temporaryDirectory();
  await using notices = await start(directory.path);
  await notices.hold(id);
  assert.equal(await notices.valueOf('notices_pending'), '1');
  await sleep(50);
  assert.equal(notices.sent.length, 0);
  notices.pass(minuteMs);
  await notices.until(() => notices.sent.length === 1);
  await notices.until(async () => (await notices.valueOf('notices_pending')) === '0');
  assert.equal(await notices.valueOf('notices_total{kind="held",outcome="sent"}'), '1');
  assert.deepEqual(
    notices.audited.map(({ act, personal, facts }) => ({ act, personal, facts })),
    [{ act: 'notice-sent', personal: { recipient: 'desk@mx.test' }, facts: { messages: 1 } }],
  );
});

test('what could not be held is not told of', async () => {
  await using directory = await temporaryDirectory();
  await using notices = await start(directory.path);
  notices.world.diskIsFull = true;
  await assert.rejects(async () => notices.hold(id), /ENOSPC/);
  assert.equal(await notices.valueOf('notices_pending'), '0');
});

test('notices that stop show in a gauge', async () => {
  await using directory = await temporaryDirectory();
  await using notices = await start(directory.path);
  notices.world.nextHopIsUp = false;
  await notices.hold(id);
  assert.equal(await notices.valueOf('notices_oldest_unsent_seconds'), '0');
  notices.pass(minuteMs);
  await notices.until(
    async () => (await notices.valueOf('notices_total{kind="held",outcome="again"}')) === '1',
  );
  assert.equal(await notices.valueOf('notices_pending'), '1');
  assert.ok(notices.status().overdueSince !== null);
});

test('what waited when the server stopped is sent by the next one', async () => {
  await using directory = await temporaryDirectory();
  const digest = { noticeMode: 'digest', digestEveryHours: 1 } as const;
  {
    await using before = await start(directory.path, digest);
    await before.hold(id);
  }
  await using after = await start(directory.path, digest);
  await after.hold('0mh2q7k1c4x9p0zv5t00');
  assert.equal(after.status().waiting, 2);
  after.pass(61 * minuteMs);
  await after.until(() => after.sent.length === 1);
  await after.until(() => after.status().waiting + after.status().pending === 0);
});

test('mail that is about to expire is told of', async () => {
  await using directory = await temporaryDirectory();
  await using notices = await start(directory.path, { noticeMode: 'digest' });
  await notices.hold(id);
  await notices.onExpiring([id, '0mh2q7k1c4x9p0zv5tzz']);
  notices.pass(minuteMs);
  await notices.until(() => notices.sent.length === 1);
  assert.match(notices.sent[0] ?? '', /^Subject: Held mail whose time is running out: 1\r\n/m);
});
