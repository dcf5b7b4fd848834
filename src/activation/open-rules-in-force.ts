import { activate } from '../activate-rules.ts';
import type { RuleFileCache } from '../config/rule-file-cache.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { Settings } from '../config/settings.ts';
import { putInForce } from './change-rules.ts';
import { loadStored, type StoredRules } from './load-stored.ts';
import { openRuleSets } from './open-rule-sets.ts';
import type { InForce, RuleSetStore } from './rule-set-store.ts';
import { createRulesInForce, type LoadedRules, type RulesInForce } from './rules-in-force.ts';

export type OpenRulesOptions = {
  readonly settings: Pick<Settings, 'store' | 'storeTimeoutMs' | 'mode' | 'hostname'>;
  /** What the rules directory holds; null where it cannot be used. */
  readonly directory: RuleSet | null;
  readonly cache: RuleFileCache;
  readonly now: () => Date;
};

export type OpenRules = AsyncDisposable & {
  readonly store: RuleSetStore;
  readonly stored: StoredRules;
  readonly inForce: RulesInForce;
  /** What an operator should know about how it began, a sentence each. */
  readonly complaints: readonly string[];
};

/** Before anything was read of the store: whatever it says is news. */
const unread = -1;

/**
 * What mail is judged by from the start: what is in force in the store. The directory decides at the first start ever,
 * and while the store does not answer or what it names cannot be used here.
 * @throws Error in one sentence where there is nothing to judge by.
 */
export async function openRulesInForce({
  settings,
  directory,
  cache,
  now,
}: OpenRulesOptions): Promise<OpenRules> {
  await using opened = new AsyncDisposableStack();
  const store = opened.use(
    await openRuleSets(settings.store, { timeoutMs: settings.storeTimeoutMs }),
  );
  const stored = loadStored(store, cache);
  if (directory !== null) stored.remember(directory);
  const complaints: string[] = [];
  const first = await begin().catch((error: unknown): LoadedRules => {
    const trouble = error instanceof Error ? error.message : String(error);
    if (directory === null)
      throw new Error(
        `the rules directory cannot be used, nor the rules that were in force: ${trouble}`,
      );
    complaints.push(`the rules of the directory are in force for now: ${trouble}`);
    return { sequence: unread, active: activate(directory, settings), candidate: null };
  });
  const owned = opened.move();
  return {
    store,
    stored,
    inForce: createRulesInForce(first),
    complaints,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function begin(): Promise<LoadedRules> {
    const { sequence, active, candidate } = await stateAfterFirst();
    if (active === null) throw new Error('nothing was ever activated');
    return {
      sequence,
      active: activate(await stored.load(active), settings),
      candidate: candidate && {
        rules: activate(await stored.load(candidate.version), settings),
        stage: candidate.stage,
      },
    };
  }

  /** At the first start ever the directory comes into force; several processes may start at once. */
  async function stateAfterFirst(): Promise<InForce> {
    const state = await store.inForce();
    if (state.active !== null || directory === null) return state;
    await putInForce(store, state, {
      rules: directory,
      stage: null,
      by: settings.hostname,
      via: 'start',
      reason: 'first start',
      at: now(),
      forced: false,
      steps: [],
    }).catch(() => undefined); // another process was first, or the next question fails as well
    return store.inForce();
  }
}
