import type { RuleSet } from '../config/rule-set.ts';
import { inForceBefore } from './history-of-active.ts';
import { UnusableRules, type StoredRules } from './load-stored.ts';
import { keptActivations, type InForce, type RuleSetStore } from './rule-set-store.ts';

/** What mail can be judged by where the set in force may not be usable here. */
export type UsableRules = {
  /** The set in force, or the last one before it that can be used and nobody took back; null where there is none. */
  readonly rules: RuleSet | null;
  /** Why it is not the set in force, in a few lines; null where it is. */
  readonly trouble: string | null;
};

/** Older ones are other times' rules. */
const mostTried = 10;

/** @throws what the store throws where it does not answer. */
export async function usableInForce(
  store: Pick<RuleSetStore, 'history'>,
  stored: StoredRules,
  state: Pick<InForce, 'active' | 'ignored'>,
): Promise<UsableRules> {
  if (state.active === null) return { rules: null, trouble: 'nothing was ever activated' };
  const named = await tried(stored, state.active);
  if (!(named instanceof UnusableRules)) return { rules: named, trouble: null };
  const earlier = inForceBefore(await store.history(keptActivations), state);
  for (const version of earlier.slice(0, mostTried)) {
    const rules = await tried(stored, version);
    if (!(rules instanceof UnusableRules)) return { rules, trouble: named.message };
  }
  return { rules: null, trouble: named.message };
}

/** A set, or why what is stored of it cannot be used. @throws what the store throws where it does not answer. */
export function tried(stored: StoredRules, version: string): Promise<RuleSet | UnusableRules> {
  return stored.load(version).catch((error: unknown) => {
    if (error instanceof UnusableRules) return error;
    throw error;
  });
}
