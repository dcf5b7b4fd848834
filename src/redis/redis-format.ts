import type { Cluster, Redis } from 'ioredis';

/** What a Redis holds, and who may use it: programs that know format `readableFrom` or a later one. */
export type RedisFormat = { readonly version: number; readonly readableFrom: number };

/**
 * What this program writes. A change that older programs pass over (a new key, one more field) raises `version` alone, so
 * that both may run during an upgrade; one that they would misread raises `readableFrom` with it, and locks them out.
 *
 * - 0, never marked: development before 2026-11-24. Day buckets named their counters (`redis-name-places.lua`).
 * - 1: not marked either until there was a key for it.
 */
export const redisFormat: RedisFormat = { version: 1, readableFrom: 1 };

/** For who replaces all of it, whatever it is. */
export const anyFormat: RedisFormat = { version: Number.MAX_SAFE_INTEGER, readableFrom: 0 };

export const redisFormatKey = 'aw:format';

/** A store that this program must not touch. */
export class NewerFormat extends Error {
  override readonly name = 'NewerFormat';
}

/** Version 0 where nothing is marked. */
export async function readRedisFormat(commands: Redis | Cluster): Promise<RedisFormat> {
  const [version, readableFrom] = await commands.hmget(redisFormatKey, 'version', 'readableFrom');
  return { version: Number(version ?? 0), readableFrom: Number(readableFrom ?? 0) };
}

/** @throws NewerFormat */
export function refuseNewer(found: RedisFormat, known: RedisFormat): void {
  if (found.readableFrom <= known.version) return;
  throw new NewerFormat(
    `was written by a newer Aliaswatch (format ${found.version}, this one reads ${known.version}); upgrade this node`,
  );
}

/** Numbers only ever grow, whichever node is first. */
export async function markRedisFormat(
  commands: Redis | Cluster,
  { version, readableFrom }: RedisFormat,
): Promise<void> {
  await commands.eval(raise, 1, redisFormatKey, version, readableFrom);
}

const raise = `
for i, field in ipairs({ 'version', 'readableFrom' }) do
  if tonumber(ARGV[i]) > tonumber(redis.call('HGET', KEYS[1], field) or -1) then
    redis.call('HSET', KEYS[1], field, ARGV[i])
  end
end`;
