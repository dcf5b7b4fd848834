import { isRedisAddress } from '../redis/redis-address.ts';
import { openRedisStore } from './redis-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { BaselineStore, StoreLimits } from './store.ts';

export type OpenStoreOptions = {
  readonly limits: StoreLimits;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** For `check`: a file that is missing is an error, and nothing is created or brought up to date. */
  readonly readOnly?: boolean;
};

/** Opens the store that a setting names: `sqlite:PATH` or an address of redis-address.ts. */
export async function openStore(
  spec: string,
  { limits, timeoutMs, readOnly = false }: OpenStoreOptions,
): Promise<BaselineStore> {
  const path = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : '';
  if (path !== '') return openSqliteStore(path, limits, { readOnly, timeoutMs });
  if (isRedisAddress(spec)) return openRedisStore(spec, limits, { timeoutMs, readOnly });
  throw new Error(
    'The baseline store must be sqlite:PATH, redis://HOST:PORT, redis-cluster://HOST:PORT,HOST:PORT or redis-sentinel://HOST:PORT,HOST:PORT/NAME',
  );
}
