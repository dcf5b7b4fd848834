import { RedisClient, type RedisClientOptions } from '../redis/redis-client.ts';
import { redisFormat } from '../redis/redis-format.ts';
import { readBreakerOrder, subjectOf } from './breaker-order.ts';
import { mostProcesses, type LiveStore } from './live-store.ts';
import { readProcessStatus } from './process-status.ts';

const processesKey = 'aw:{live}:processes';
/** A hash of orders by what they are about. */
const ordersKey = 'aw:{live}:breaker-orders';

/** Where nothing runs any more, nothing is left. */
const forgottenAfterMs = 3_600_000;

/** A row that nobody renewed; written beside the status, since a hash has no expiry for its fields. */
type Row = { readonly until: number; readonly status: string };

/** Shared by several proxies. Opening succeeds while Redis is down. */
export async function openRedisLiveStore(
  address: string,
  options: Pick<RedisClientOptions, 'timeoutMs' | 'format'>,
): Promise<LiveStore> {
  const { timeoutMs, format = redisFormat } = options;
  const client = new RedisClient(address, { title: 'Live state', timeoutMs, format });
  const { commands } = client;
  await client.connected();
  const rows = async () => {
    const all = await client.ask(() => commands.hgetall(processesKey));
    return Object.entries(all).map(([name, text]) => ({ name, ...(JSON.parse(text) as Row) }));
  };
  return {
    say: async (name, status, keptMs) => {
      const row: Row = { until: Date.now() + keptMs, status: JSON.stringify(status) };
      const known = await rows();
      const stale = known.filter(({ until }) => until < Date.now());
      const surplus = known.length - stale.length >= mostProcesses ? known.slice(0, 1) : [];
      const gone = [...stale, ...surplus].map((old) => old.name);
      await client.ask(async () => {
        if (gone.length > 0) await commands.hdel(processesKey, ...gone);
        await commands.hset(processesKey, name, JSON.stringify(row));
        await commands.pexpire(processesKey, forgottenAfterMs);
      });
    },
    leave: async (name) => {
      await client.ask(() => commands.hdel(processesKey, name));
    },
    processes: async () =>
      (await rows())
        .filter(({ until }) => until >= Date.now())
        .flatMap(({ status }) => readProcessStatus(status) ?? []),
    orders: async () =>
      Object.values(await client.ask(() => commands.hgetall(ordersKey))).flatMap(
        (text) => readBreakerOrder(text) ?? [],
      ),
    give: async (orders) => {
      const fields = orders.map((order) => [subjectOf(order), JSON.stringify(order)] as const);
      await client.ask(() => commands.hset(ordersKey, new Map(fields)));
    },
    propose: async (order) => {
      await client.ask(() => commands.hsetnx(ordersKey, subjectOf(order), JSON.stringify(order)));
    },
    forget: async (rulesets) => {
      await client.ask(() => commands.hdel(ordersKey, ...rulesets));
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
