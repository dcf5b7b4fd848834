import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { maturationDays } from '../../src/baseline/ledger.ts';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { lesson, newAlias, request, timeOn, today, touch } from './store-contract.ts';

const timeoutMs = 250;
/** After so long a connection that gives no answer is given up, and whatever would be tried again has been. */
const settledMs = 4 * timeoutMs + 500;
const at = timeOn(today);
const skip = requireInstalled('redis-server', 'redis-server');

type Site = AsyncDisposable & { readonly proxies: readonly CuttingProxy[]; readonly url: string };

async function startSite(): Promise<Site> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await startRedis());
  const proxy = opened.use(await startCuttingProxy(server.port));
  const owned = opened.move();
  return {
    proxies: [proxy],
    url: `redis://127.0.0.1:${proxy.port}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Each node announces the port of a proxy: a client hears of nothing else. */
async function startClusterSite(): Promise<Site> {
  await using opened = new AsyncDisposableStack();
  const { servers } = opened.use(await startRedisCluster());
  const proxies = await Promise.all(servers.map(({ port }) => startCuttingProxy(port)));
  for (const proxy of proxies) opened.use(proxy);
  const clients = servers.map(({ url }) =>
    opened.adopt(new Redis(url), (client) => client.disconnect()),
  );
  for (const [i, { port }] of proxies.entries())
    await clients[i]!.config('SET', 'cluster-announce-port', port);
  const isHeard = async (client: Redis) => {
    const slots = JSON.stringify(await client.cluster('SLOTS'));
    return proxies.every(({ port }) => slots.includes(`,${port},`));
  };
  for (const client of clients) while (!(await isHeard(client))) await delay(50);
  const owned = opened.move();
  return {
    proxies,
    url: `redis-cluster://${proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

for (const [kind, start] of [
  ['Redis', startSite],
  ['Redis Cluster', startClusterSite],
] as const) {
  describe(`${kind}: an answer that never came`, { skip }, () => {
    const owned = new AsyncDisposableStack();
    let site: Site;
    let store: BaselineStore;
    before(async () => {
      site = owned.use(await start());
      store = owned.use(await openRedisStore(site.url, defaultStoreLimits, { timeoutMs }));
      await back(() => store.ping());
    });
    after(() => owned.disposeAsync());

    /** Nothing tells when the connection stands again. */
    async function back<Answer>(work: () => Promise<Answer>): Promise<Answer> {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work();
        } catch (error) {
          if (attempt === 100) throw error;
          await delay(50);
        }
      }
    }

    /** The server runs what it is told, and its word is lost. */
    async function loses(
      how: 'cut' | 'silence',
      alias: string,
      work: () => Promise<unknown>,
    ): Promise<void> {
      const lost = () => site.proxies.reduce((sum, proxy) => sum + proxy.lost(), 0);
      const before = lost();
      for (const proxy of site.proxies) proxy.loseAnswerTo(`{${alias}}`, how);
      await assert.rejects(work());
      await delay(how === 'cut' ? 300 : settledMs);
      assert.ok(lost() > before);
      await back(() => store.ping());
    }

    for (const how of ['cut', 'silence'] as const) {
      test(`${how}: one message seen is counted once`, async () => {
        const alias = newAlias();
        const seen = { signature: 'one', recipients: ['jo'], actor: 'actor' };
        await loses(how, alias, () => store.observe(request(alias, at, seen)));
        const later = await back(() => store.observe(request(alias, at, { count: false })));
        // This one included.
        assert.deepEqual([later.hourMessages, later.dayMessages.today], [2, 2]);
        const same = { ...seen, count: false };
        const { traffic, signatureRecipients } = await store.observe(request(alias, at, same));
        assert.deepEqual([traffic.actorHourMessages, signatureRecipients], [2, 1]);
      });

      test(`${how}: a lesson that is given again counts once, and so does taking it back`, async () => {
        const [first, second] = [1, 2].map((nth) =>
          lesson('twice-' + how, today - maturationDays, {
            id: `lesson ${nth}`,
            values: [touch('domain', 'a.example')],
          }),
        ) as [ReturnType<typeof lesson>, ReturnType<typeof lesson>];
        const learned = async () => {
          const { snapshot, values } = await back(() => store.describe(first.alias, at));
          return [snapshot.counters['n'], values[0]?.record.count];
        };
        await back(() => store.commit(first));
        await loses(how, first.alias, () => store.commit(second));
        assert.deepEqual(await learned(), [2, 2]);
        await back(() => store.commit(second));
        assert.deepEqual(await learned(), [2, 2]);
        await loses(how, first.alias, () => store.retract(second));
        await back(() => store.retract(second));
        assert.deepEqual(await learned(), [1, 1]);
      });
    }
  });
}
