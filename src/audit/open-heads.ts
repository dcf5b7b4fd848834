import type { AuditHeads } from './audit-heads.ts';
import { openRedisHeads } from './redis-heads.ts';
import { openSqliteHeads } from './sqlite-heads.ts';

/** Opens the heads that belong to a baseline store: in the same Redis, or in a file beside it (`PATH-audit`). */
export async function openHeads(store: string, timeoutMs: number): Promise<AuditHeads> {
  const path = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : null;
  if (path === null) return openRedisHeads(store, timeoutMs);
  return openSqliteHeads(path === ':memory:' ? path : `${path}-audit`, timeoutMs);
}
