import type { AuditHeads, HeadsOptions } from './audit-heads.ts';
import { openRedisHeads } from './redis-heads.ts';
import { openSqliteHeads } from './sqlite-heads.ts';

/** Opens the heads that belong to a baseline store: in the same Redis, or in a file beside it (`PATH-audit`). */
export async function openHeads(store: string, options: HeadsOptions): Promise<AuditHeads> {
  const path = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : null;
  if (path === null) return openRedisHeads(store, options);
  return openSqliteHeads(path === ':memory:' ? path : `${path}-audit`, options);
}
