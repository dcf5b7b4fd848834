import type { RedisClientOptions } from '../redis/redis-client.ts';
import type { LiveStore } from './live-store.ts';
import { openRedisLiveStore } from './redis-live-store.ts';
import { openSqliteLiveStore, type SqliteLiveOptions } from './sqlite-live-store.ts';

/** Opens the live state that belongs to a baseline store: in the same Redis, or in a file beside it (`PATH-live`). */
export async function openLiveStore(
  store: string,
  options: SqliteLiveOptions & Pick<RedisClientOptions, 'format'>,
): Promise<LiveStore> {
  const path = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : null;
  if (path === null) return openRedisLiveStore(store, options);
  return openSqliteLiveStore(path === ':memory:' ? path : `${path}-live`, options);
}
