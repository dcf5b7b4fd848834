import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts } from '../../src/alerts/alerts.ts';
import type { RulesInForce } from '../../src/activation/rules-in-force.ts';
import type { BreakerOrder } from '../../src/live/breaker-order.ts';
import { obeyOrders } from '../../src/live/obey-orders.ts';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { policy } from '../decision/samples.ts';
import { order } from './samples.ts';

const ignore = () => undefined;

/** A process under these rules, and what the store of rules says, which it may not have heard yet. */
async function openProcess(active: string, candidate: string | null = null) {
  const store = await openLiveStore('sqlite::memory:', { timeoutMs: 1000 });
  const alerts = createAlerts({
    ...{ campaignSeen: ignore, breakerOpened: ignore, breakerClosed: ignore, budgetUsed: ignore },
  });
  const here = { active, candidate };
  const stored: { active: string | null; candidate: string | null } = { active, candidate };
  const loaded = () =>
    ({
      active: { version: here.active },
      candidate: here.candidate === null ? null : { rules: { version: here.candidate } },
    }) as unknown as ReturnType<RulesInForce['loaded']>;
  const obey = obeyOrders({
    ...{ store, alerts, host: 'mx1', inForce: { loaded }, now: () => new Date(0) },
    storedInForce: () =>
      Promise.resolve({
        active: stored.active,
        candidate:
          stored.candidate === null
            ? null
            : { version: stored.candidate, stage: { kind: 'shadow' } },
      }),
  });
  const openFor = (ruleset: string) =>
    alerts.noteClaim({ ruleset, atMs: 0, compared: null }, policy.breaker);
  const saidOf = async () =>
    (await store.orders()).map(({ ruleset, by }) => `${ruleset ?? 'all'} ${by}`).sort();
  return {
    ...{ store, alerts, here, stored, obey, openFor, saidOf },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

const opens = (ruleset: string): BreakerOrder => ({
  ...order,
  ...{ id: `of ${ruleset}`, cause: 'ruleset', ruleset, reason: `${ruleset} is wrong`, by: 'mx2' },
});

test('a set in force and a candidate are opened each for itself', async () => {
  await using one = await openProcess('new', 'tried');
  const { store, obey, openFor } = one;
  await store.propose(opens('new'));
  await store.propose(opens('tried'));
  await obey();
  assert.deepEqual([openFor('new'), openFor('tried')], ['new is wrong', 'tried is wrong']);
});

test('what this process found is told once, and never in the place of another word', async () => {
  await using one = await openProcess('new', 'tried');
  const { store, alerts, obey, saidOf } = one;
  for (const ruleset of ['new', 'tried'])
    alerts.rulesets.obey({ ...opens(ruleset), ruleset, atMs: 0, reason: 'found here' });
  await store.propose(opens('tried'));
  await obey();
  assert.deepEqual(await saidOf(), ['new mx1', 'tried mx2']);
});

test('a set that somebody trusts stays trusted, whatever a process says later', async () => {
  await using one = await openProcess('new');
  const { store, obey, openFor, alerts } = one;
  await store.give([{ ...opens('new'), id: 'trust', state: 'closed', cause: 'hand' }]);
  await obey();
  await store.propose(opens('new'));
  await obey();
  assert.equal(openFor('new'), null);
  await store.give([opens('new')]);
  await obey();
  assert.deepEqual([openFor('new'), alerts.rulesets.watches()[0]?.isTrusted], [null, true]);
});

test('orders about sets that are not in force are left alone, and forgotten', async () => {
  await using one = await openProcess('new');
  const { store, stored, obey, openFor, alerts, saidOf } = one;
  await store.give([{ ...order, state: 'closed' }, opens('new')]);
  await store.propose(opens('old'));
  stored.active = null;
  await obey();
  assert.deepEqual(await saidOf(), ['all ann', 'new mx2', 'old mx2'], 'a store that was lost');
  stored.active = 'new';
  await obey();
  assert.deepEqual(await saidOf(), ['all ann', 'new mx2']);
  assert.equal(openFor('old'), null);
  assert.deepEqual(
    alerts.rulesets.watches().map(({ ruleset }) => ruleset),
    ['new'],
  );
});

test('an order about a set that this process has not heard of yet waits for it', async () => {
  await using one = await openProcess('new');
  const { store, here, stored, obey, openFor, saidOf } = one;
  stored.active = 'newer';
  await store.propose(opens('newer'));
  await obey();
  assert.deepEqual([await saidOf(), openFor('newer')], [['newer mx2'], null]);
  here.active = 'newer';
  await obey();
  assert.equal(openFor('newer'), 'newer is wrong');
});
