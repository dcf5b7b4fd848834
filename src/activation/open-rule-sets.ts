import type { Settings } from '../config/settings.ts';
import { openRedisRuleSets } from './redis-rule-sets.ts';
import type { RuleSetStore } from './rule-set-store.ts';
import { openSqliteRuleSets, type SqliteRuleSetsOptions } from './sqlite-rule-sets.ts';

/** Opens the rule sets that belong to a baseline store: in the same Redis, or in a file beside it (`PATH-rules`). */
export async function openRuleSets(
  store: string,
  options: SqliteRuleSetsOptions,
): Promise<RuleSetStore> {
  const path = store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : null;
  if (path === null) return openRedisRuleSets(store, options);
  return openSqliteRuleSets(path === ':memory:' ? path : `${path}-rules`, options);
}

/** Whether rules were ever activated, as far as the store answers; creates nothing. */
export async function isRulesStored({
  store,
  storeTimeoutMs: timeoutMs,
}: Pick<Settings, 'store' | 'storeTimeoutMs'>): Promise<boolean> {
  try {
    await using sets = await openRuleSets(store, { timeoutMs, readOnly: true });
    return (await sets.inForce()).active !== null;
  } catch {
    return false;
  }
}
