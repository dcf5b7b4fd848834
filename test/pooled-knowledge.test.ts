import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { counterNames } from '../src/baseline/history.ts';
import { dayOf } from '../src/baseline/ledger.ts';
import { openStore } from '../src/baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../src/baseline/store.ts';
import { sketchOf } from '../src/baseline/value-record.ts';
import { loadRules } from '../src/config/load-rules.ts';
import type { BaselineFacts } from '../src/observability/baseline-metrics.ts';
import { poolInBackground, type PooledKnowledge } from '../src/pooled-knowledge.ts';
import { posteriorMean } from '../src/score/beta-mixture.ts';
import { activate } from '../src/activate-rules.ts';

const loading = await loadRules('rules');
assert.ok(loading.ok);
const watch = Array.from({ length: 12 }, (_, number) => `mail${number}@vendor.example`);
const rules = activate(
  { ...loading.rules, policy: { ...loading.rules.policy, watch } },
  { mode: null },
);
const ids = watch.map((address) => rules.catalogue.find(address)?.id ?? '');
const now = new Date('2026-11-20T12:00:00Z');

const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-pool-'));
after(() => rm(directory, { recursive: true, force: true }));

/** All but the last alias have 40 days of history with a new link in every second message. */
async function learned(name: string): Promise<BaselineStore> {
  const store = await openStore(`sqlite:${join(directory, name)}`, {
    limits: defaultStoreLimits,
    timeoutMs: 5000,
  });
  const many = sketchOf(watch);
  const masks = { domains: many, recipients: many, actors: many };
  for (const alias of [...ids.slice(0, -1), 'nobody-watches-this']) {
    for (let age = 40; age > 3; age--) {
      await store.commit({
        id: `${alias}-${age}`,
        alias,
        day: dayOf(now) - age,
        counters: {
          [counterNames.messages]: 10,
          [counterNames.trials('content')]: 8,
          [counterNames.innovations('link')]: 4,
          [counterNames.innovations('phone')]: 4,
        },
        values: [
          { table: 'reach', value: '*', ...masks },
          { table: 'network', value: '192.0.2.0/24', ...masks },
        ],
      });
    }
  }
  return store;
}

type Heard = EventEmitter<{
  fitted: [number];
  read: [readonly BaselineFacts[]];
  failed: [unknown];
}>;

function pool(
  store: Pick<BaselineStore, 'aliases' | 'describe'>,
  heard: Heard,
  everyMs = 60_000,
): PooledKnowledge {
  return poolInBackground({
    store,
    rules: () => rules,
    now: () => now,
    firstAfterMs: 0,
    everyMs,
    events: {
      priorsFitted: (aliases) => heard.emit('fitted', aliases),
      baselinesRead: (read) => heard.emit('read', read),
      priorFitFailed: (error) => heard.emit('failed', error),
    },
  });
}

const rateOf = (signal: 'link' | 'phone', { causes }: typeof rules) =>
  posteriorMean(causes.signals[signal].components, 0, 0);

describe('what the aliases of a site know together', () => {
  test('their priors come into force, but not for contact points', async () => {
    await using store = await learned('priors.db');
    const heard: Heard = new EventEmitter();
    await using pooled = pool(store, heard);
    assert.equal(pooled.withPriors(rules), rules, 'nothing changes before the first reading');
    const [aliases] = (await once(heard, 'fitted')) as [number];
    assert.equal(aliases, ids.length - 1, 'an alias that nobody watches does not count');
    const fitted = pooled.withPriors(rules);
    assert.ok(rateOf('link', fitted) > 5 * rateOf('link', rules));
    assert.equal(rateOf('phone', fitted), rateOf('phone', rules));
    assert.equal(pooled.withPriors(rules), fitted, 'the same rules until something changes');
  });

  test('how old and how good each baseline is, for those who watch', async () => {
    await using store = await learned('facts.db');
    const heard: Heard = new EventEmitter();
    await using pooled = pool(store, heard);
    assert.ok(pooled);
    const [read] = (await once(heard, 'read')) as [readonly BaselineFacts[]];
    assert.equal(read.length, ids.length - 1);
    const day = (age: number) => new Date((dayOf(now) - age) * 86_400_000);
    assert.deepEqual(read[0], {
      alias: ids.slice(0, -1).toSorted()[0],
      messages: 370,
      days: 37,
      isMature: true,
      firstLearnedAt: day(40),
      lastLearnedAt: day(4),
      lastSeenAt: null,
      usualSilenceDays: null,
    });
  });

  test('unless policy.yaml does not want them', async () => {
    await using store = await learned('unwanted.db');
    const heard: Heard = new EventEmitter();
    await using pooled = pool(store, heard);
    await once(heard, 'fitted');
    const learning = { ...rules.policy.learning, pooledPriors: false };
    const unwanted = { ...rules, policy: { ...rules.policy, learning } };
    assert.equal(pooled.withPriors(unwanted), unwanted);
  });

  test('the alias without history takes over the network of its vendor', async () => {
    await using store = await learned('inherited.db');
    const heard: Heard = new EventEmitter();
    await using pooled = pool(store, heard);
    const young = rules.catalogue.find(watch.at(-1) ?? '');
    assert.ok(young);
    await store.commit({
      id: 'first',
      alias: young.id,
      day: dayOf(now) - 3,
      counters: { [counterNames.messages]: 1 },
      values: [],
    });
    assert.equal(pooled.inheritedBy(young).size, 0);
    await once(heard, 'fitted');
    assert.deepEqual([...pooled.inheritedBy(young)], ['network 192.0.2.0/24']);
  });

  test('a store that is down leaves things as they were, and is asked again', async () => {
    await using store = await learned('down.db');
    const state = { isDown: false };
    const heard: Heard = new EventEmitter();
    await using pooled = pool(
      {
        aliases: () =>
          state.isDown ? Promise.reject(new Error('store is down')) : store.aliases(),
        describe: (alias, at) => store.describe(alias, at),
      },
      heard,
      20,
    );
    await once(heard, 'fitted');
    state.isDown = true;
    const [error] = (await once(heard, 'failed')) as [unknown];
    assert.match(String(error), /store is down/);
    assert.ok(rateOf('link', pooled.withPriors(rules)) > 5 * rateOf('link', rules));
    state.isDown = false;
    await once(heard, 'fitted');
  });

  test('closing does not wait for a reading that is under way', async () => {
    await using store = await learned('closing.db');
    const pooled = pool(store, new EventEmitter());
    await pooled[Symbol.asyncDispose]();
  });
});
