import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { completeSettings } from '../src/config/settings.ts';
import { createLog } from '../src/observability/log.ts';
import { createMetrics } from '../src/observability/metrics.ts';
import { recordEvents } from '../src/observability/record-events.ts';
import { sweepInBackground } from '../src/sweep-in-background.ts';
import { openDesk, operator, why, type Desk } from './review/desk.ts';

const dayMs = 86_400_000;

/** One sweep as if so many days had passed. */
async function sweepAfter(
  { review, quarantine }: Desk,
  days: number,
  {
    how = 'release-tagged',
    tell = [] as string[],
  }: {
    how?: 'release-tagged' | 'delete';
    tell?: string[];
  } = {},
): Promise<string> {
  const metrics = createMetrics('test');
  const recorded = recordEvents(metrics, createLog('silent'));
  const done = Promise.withResolvers<undefined>();
  const sweeping = sweepInBackground({
    quarantine,
    review,
    settings: {
      ...completeSettings({}, 'mx.test'),
      quarantineExpiry: how,
      // The clock of the review stays where it is: what is closed now would be old at once.
      quarantineBinDays: 365,
    },
    notices: {
      onExpiring: (ids) => {
        tell.push(...ids);
        return Promise.resolve();
      },
    },
    events: {
      quarantineSwept: (swept) => {
        recorded.quarantineSwept(swept);
        done.resolve(undefined);
      },
      quarantineSweepFailed: done.reject,
    },
    now: () => new Date(Date.now() + days * dayMs),
    firstMs: 1,
    everyMs: dayMs,
  });
  await done.promise;
  await sweeping[Symbol.asyncDispose]();
  metrics.measureQuarantine({ ...quarantine, bytes: quarantine.usage.bytes, limitBytes: null });
  return metrics.registry.metrics();
}

test('what nobody decided about is told of, sent on tagged, learned by nobody, and on the record', async () => {
  await using desk = await openDesk('sqlite');
  const before = await desk.learned();
  const id = await desk.hold();
  const tell: string[] = [];
  await sweepAfter(desk, 28, { tell });
  assert.deepEqual([tell, desk.nextHop.messages.length], [[id], 0]);

  const shown = await sweepAfter(desk, 31, { tell });
  assert.equal(desk.nextHop.messages.length, 1);
  assert.match(shown, /^aliaswatch_quarantine_swept_total\{outcome="released"\} 1$/m);
  assert.match(shown, /^aliaswatch_quarantine_messages\{state="released"\} 1$/m);
  assert.deepEqual(await desk.learned(), before);
  const [act] = await desk.review.acts({ limit: 1 });
  assert.deepEqual(act?.by, { kind: 'proxy', name: 'mx.test', via: 'schedule' });
  const released = desk.audited.find((record) => record.act === 'released');
  assert.deepEqual([released?.subject, released?.reason], [id, 'held for 30 days']);
  assert.deepEqual(tell, [id], 'once');
});

test('a confirmed attack goes into the bin when its time is over', async () => {
  await using desk = await openDesk('sqlite');
  const campaign = '0mh2q7k1c4x9p0zv5tca';
  const id = await desk.hold({ campaign });
  await desk.pass({ id, campaign, isHeld: true, action: 'quarantine' });
  await desk.review.confirmAttack({ campaign }, operator, why);
  await sweepAfter(desk, 28);
  const shown = await sweepAfter(desk, 31);
  assert.equal((await desk.quarantine.find(id))?.state, 'deleted');
  assert.equal(desk.nextHop.messages.length, 0);
  assert.match(shown, /^aliaswatch_quarantine_swept_total\{outcome="binned"\} 1$/m);
  assert.match(shown, /^aliaswatch_quarantine_swept_total\{outcome="released"\} 0$/m);
});

test('with `delete` it goes into the bin, from which it can be taken, and nothing is sent', async () => {
  await using desk = await openDesk('sqlite');
  const id = await desk.hold();
  await sweepAfter(desk, 28, { how: 'delete' });
  await sweepAfter(desk, 31.1, { how: 'delete' });
  assert.equal((await desk.quarantine.find(id))?.state, 'deleted');
  const [act] = await desk.review.acts({ limit: 1 });
  await desk.review.undo(act?.id ?? '', operator, why);
  assert.equal((await desk.quarantine.find(id))?.state, 'held');
  assert.equal(desk.nextHop.messages.length, 0);
});

test('what the next hop does not take stays held and is counted as failed', async () => {
  await using desk = await openDesk('sqlite');
  const id = await desk.hold();
  desk.nextHop.script = (line) => (line === '.' ? '451 4.3.0 not now' : undefined);
  await sweepAfter(desk, 28);
  const shown = await sweepAfter(desk, 31);
  assert.match(shown, /^aliaswatch_quarantine_swept_total\{outcome="failed"\} 1$/m);
  assert.equal((await desk.quarantine.find(id))?.state, 'held');
});

test('it stops at once when it is disposed of, and before it has begun', async () => {
  await using desk = await openDesk('sqlite');
  const never = () => assert.fail('swept');
  const sweeping = sweepInBackground({
    ...desk,
    settings: completeSettings({}, 'mx.test'),
    notices: { onExpiring: never },
    events: { quarantineSwept: never, quarantineSweepFailed: never },
    now: () => new Date(),
    firstMs: 20,
  });
  await sweeping[Symbol.asyncDispose]();
  await sleep(40);
});
