import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createAlerts } from '../../src/alerts/alerts.ts';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { reportLive } from '../../src/live/report-live.ts';
import type { RulesInForce } from '../../src/activation/rules-in-force.ts';
import { alias, policy, score, term } from '../decision/samples.ts';
import { order } from './samples.ts';

const ignore = () => undefined;
const loaded = {
  active: { version: 'new', policy },
  candidate: null,
} as unknown as ReturnType<RulesInForce['loaded']>;

function process() {
  const told: string[] = [];
  const alerts = createAlerts({
    campaignSeen: ignore,
    breakerOpened: ({ cause }) => void told.push(`opened ${cause}`),
    breakerClosed: (cause) => void told.push(`closed ${cause}`),
    budgetUsed: ignore,
  });
  const hold = (key: string) =>
    alerts.note({
      alias: alias(null),
      at: new Date(),
      score: score({ terms: [term('phone')] }),
      hourMessages: 1,
      verdict: 'anomalous',
      campaign: null,
      policy,
      ruleset: 'new',
      compared: {
        previous: 'old',
        only: { ruleset: 'new', isHeldOnly: true, isGraverOnly: true },
        keys: [key],
        isHeld: true,
        gate: { maxNewlyHeldShare: 0.002, maxNewlyTaggedShare: 0.01 },
      },
    });
  const openFor = (ruleset: string) =>
    alerts.noteClaim({ ruleset, atMs: 0, compared: null }, policy.breaker);
  return { alerts, told, hold, openFor };
}

test('what one process sees opens it everywhere, and an operator closes it everywhere for good', async () => {
  await using store = await openLiveStore('sqlite::memory:', { timeoutMs: 1000 });
  const [one, two] = [process(), process()];
  const common = {
    store,
    quarantine: '5f3a00aa11bb',
    inForce: { loaded: () => loaded },
    storedInForce: () => Promise.resolve({ active: 'new', candidate: null }),
    refusedReloads: () => 0,
    now: () => new Date(),
    onFailed: (error: unknown) => assert.fail(String(error)),
    ...{ obeyEveryMs: 5, sayEveryMs: 5 },
  };
  await using first = await reportLive({ ...common, host: 'mx1', alerts: one.alerts });
  await using second = await reportLive({ ...common, host: 'mx2', alerts: two.alerts });
  const until = async (isTrue: () => boolean | Promise<boolean>) => {
    while (!(await isTrue())) await delay(2);
  };
  for (const key of ['a', 'b', 'c']) one.hold(key);
  assert.match(one.openFor('new') ?? '', /^3 of 3 messages/);
  await until(() => two.openFor('new') !== null);
  assert.equal(two.openFor('other'), null, 'other rules hold as ever');
  await until(async () =>
    (await store.processes()).every(({ openings }) =>
      openings.some(({ ruleset }) => ruleset === 'new'),
    ),
  );
  await store.give([{ ...order, id: 'c', state: 'closed', ruleset: 'new' }]);
  await until(() => one.told.length === 2 && two.told.length === 2);
  for (const key of ['d', 'e', 'f', 'g']) two.hold(key);
  assert.equal(two.openFor('new'), null);
  await store.give([{ ...order, id: 'o', reason: 'stop' }]);
  await until(() => one.openFor('any') !== null && two.openFor('any') !== null);
  assert.equal(one.openFor('any'), 'ann: stop');
  assert.deepEqual(one.told, ['opened ruleset', 'closed ruleset', 'opened hand']);
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  assert.deepEqual(await store.processes(), []);
});
