import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { dayOf } from '../../src/baseline/ledger.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import {
  defaultStoreLimits,
  type BaselineStore,
  type Observation,
} from '../../src/baseline/store.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { lesson, newAlias, request, timeOn, today, touch } from './store-contract.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const owned = new AsyncDisposableStack();
let server: RedisServer;
let redis: Redis;
before(async () => {
  if (skip !== false) return;
  server = owned.use(await startRedis());
  redis = owned.adopt(new Redis(server.url), (client) => client.disconnect());
});
after(() => owned.disposeAsync());

const open = (): Promise<BaselineStore> =>
  openRedisStore(server.url, defaultStoreLimits, { timeoutMs: 5000 });

/** Of one message all but when it comes; the clocks of nodes differ by two seconds. */
const mail = fc.record({
  actor: fc.constantFrom('', 'a', 'b'),
  domain: fc.constantFrom('a.example', 'b.example', 'c.example'),
  signature: fc.constantFrom(null, 'one', 'two'),
  recipients: fc.array(
    fc.integer({ min: 0, max: 9 }).map((i) => `recipient ${i}`),
    { minLength: 1, maxLength: 3 },
  ),
  signal: fc.constantFrom('x.link', 'v', 's.-3'),
  isLearned: fc.boolean(),
  skewMs: fc.integer({ min: -2000, max: 2000 }),
});
type Mail = (typeof mail extends fc.Arbitrary<infer M> ? M : never) & { readonly at: Date };

const hourMs = 3_600_000;
/** Messages that come at once, at moments with pauses between: minutes, until the hour or midnight, days. */
const moments = fc
  .array(
    fc.record({
      pause: fc.constantFrom('minutes', 'hour', 'midnight', 'days'),
      mails: fc.array(mail, { minLength: 1, maxLength: 8 }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map((all): readonly (readonly Mail[])[] => {
    let atMs = timeOn(today, 9.1).getTime();
    const upTo = (roundMs: number) => (Math.floor(atMs / roundMs) + 1) * roundMs;
    return all.map(({ pause, mails }) => {
      if (pause === 'hour') atMs = upTo(hourMs);
      else if (pause === 'midnight') atMs = upTo(24 * hourMs);
      else atMs += pause === 'minutes' ? hourMs / 6 : 48.1 * hourMs;
      return mails.map((each) => ({ ...each, at: new Date(atMs + each.skewMs) }));
    });
  });

function take(store: BaselineStore, alias: string, each: Mail): Promise<Observation> {
  const values = [{ table: 'domain', value: each.domain }];
  return store.observe(request(alias, each.at, { ...each, values }));
}

function teach(store: BaselineStore, alias: string, each: Mail, id: string): Promise<void> {
  const [member = ''] = each.recipients;
  return store.commit(
    lesson(alias, dayOf(each.at), {
      id,
      counters: { n: 1, [each.signal]: 1 },
      values: [touch('domain', each.domain, member), touch('reach', '*', member)],
    }),
  );
}

/**
 * Everything that Redis has of an alias, under names without it. What follows from the order of arrival alone is brought
 * into one: places among the names of counters, applied ids, recipient codes. The snapshot is a copy of the rest under a
 * version that is drawn by lot; it is compared by what is read.
 */
async function baselineOf(
  alias: string,
  passed: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const kept: Record<string, unknown> = {};
  for (const key of (await redis.keys(`aw:{${alias}}:*`)).sort()) {
    const name = key.slice(`aw:{${alias}}:`.length);
    if (name === 's' || name === 'd' || passed.includes(name)) continue;
    if (name === 'o') kept[name] = (await redis.get(key))?.split(',').sort();
    else {
      const fields = Object.entries(await redis.hgetall(key)).sort();
      kept[name] = name.startsWith('r:')
        ? fields.map(([field, codes]) => [field, (codes.match(/../gs) ?? []).sort()])
        : fields;
    }
  }
  await using reader = await open();
  for (let day = today; day < today + 20; day++) {
    const { snapshot } = await reader.describe(alias, timeOn(day));
    const { version, ...content } = snapshot;
    assert.ok(version);
    kept[`snapshot of day ${day - today}`] = content;
  }
  return kept;
}

/**
 * Where one clock says this hour and another the next of mail that comes at once, whether an actor was new in the one or
 * in both depends on which came first, with one node as with four.
 */
function isAroundAnHour(mails: readonly Mail[]): boolean {
  return new Set(mails.map(({ at }) => Math.floor(at.getTime() / hourMs))).size > 1;
}

/** What a verdict is made of, without the version. */
function seenIn({ snapshot: { version, ...snapshot }, ...rest }: Observation) {
  assert.ok(version);
  return { ...rest, snapshot };
}

const patient = { skip, timeout: 120_000 };

test('four nodes on one Redis have the baseline of one', patient, async () => {
  await using opened = new AsyncDisposableStack();
  const one = opened.use(await open());
  const four = await Promise.all([open(), open(), open(), open()]);
  for (const node of four) opened.use(node);
  const property = fc.asyncProperty(
    moments,
    fc.infiniteStream(fc.nat(3)),
    fc.scheduler(),
    async (all, draws, scheduler) => {
      const [alone, shared] = [newAlias(), newAlias()];
      const anyNode = () => four[draws.next().value as number]!;
      for (const [moment, mails] of all.entries()) {
        for (const [number, each] of mails.entries()) {
          await take(one, alone, each);
          if (each.isLearned) await teach(one, alone, each, `${moment} ${number}`);
        }
        // In any order; one may see a message that another learns, as where it was released.
        const inAnyOrder = (step: () => Promise<unknown>) =>
          scheduler.schedule(Promise.resolve()).then(step);
        const steps = mails.flatMap((each, number) => {
          const seen = inAnyOrder(() => take(anyNode(), shared, each));
          if (!each.isLearned) return [seen];
          return [seen, inAnyOrder(() => teach(anyNode(), shared, each, `${moment} ${number}`))];
        });
        await scheduler.waitIdle();
        await Promise.all(steps);
      }
      const ofActors = all.some(isAroundAnHour) ? ['a', 'w'] : [];
      assert.deepEqual(await baselineOf(shared, ofActors), await baselineOf(alone, ofActors));
    },
  );
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
});

test('nodes that come and go change nothing that a verdict is made of', patient, async () => {
  await using one = await open();
  const events = fc.infiniteStream(fc.constantFrom('stay', 'leave', 'join'));
  const property = fc.asyncProperty(moments, events, async (all, happening) => {
    const [alone, shared] = [newAlias(), newAlias()];
    const nodes = [await open(), await open()];
    try {
      for (const [number, each] of all.flat().entries()) {
        const event = happening.next().value as string;
        if (event === 'join' && nodes.length < 4) nodes.push(await open());
        if (event === 'leave' && nodes.length > 1) await nodes.shift()![Symbol.asyncDispose]();
        const node = nodes[number % nodes.length]!;
        const [expected, seen] = [await take(one, alone, each), await take(node, shared, each)];
        assert.deepEqual(seenIn(seen), seenIn(expected));
        if (!each.isLearned) continue;
        await teach(one, alone, each, `${number}`);
        await teach(node, shared, each, `${number}`);
      }
      assert.deepEqual(await baselineOf(shared), await baselineOf(alone));
    } finally {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    }
  });
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
});
