import { RedisClient } from '../redis/redis-client.ts';
import {
  decodeHead,
  encodeHead,
  type AuditHead,
  type AuditHeads,
  type HeadsOptions,
} from './audit-heads.ts';

/** One hash for all writers; a few dozen bytes each. */
const headsKey = 'aw:audit';

/** Heads shared by several proxies. Opening succeeds while Redis is down. */
export async function openRedisHeads(
  address: string,
  { timeoutMs }: HeadsOptions,
): Promise<AuditHeads> {
  const client = new RedisClient(address, { title: 'Audit heads', timeoutMs });
  await client.connected();
  const { commands } = client;
  return {
    // Nobody else writes this field: a writer's lock is held by one process at a time.
    publish: (head) =>
      client.ask(async (): Promise<AuditHead> => {
        const found = await commands.hget(headsKey, head.writer);
        const kept = found === null ? null : decodeHead(head.writer, found);
        if (kept !== null && kept.sequence >= head.sequence) return kept;
        await commands.hset(headsKey, head.writer, encodeHead(head));
        return head;
      }),
    all: () =>
      client.ask(async () =>
        Object.entries(await commands.hgetall(headsKey)).flatMap(
          ([writer, text]) => decodeHead(writer, text) ?? [],
        ),
      ),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
