import { activate } from '../activate-rules.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { Settings } from '../config/settings.ts';
import { putInForce } from './change-rules.ts';
import { loadStored, type StoredRules } from './load-stored.ts';
import { openRuleSets } from './open-rule-sets.ts';
import { nothingInForce, type InForce, type RuleSetStore } from './rule-set-store.ts';
import { createRulesInForce, type LoadedRules, type RulesInForce } from './rules-in-force.ts';
import { usableInForce, type UsableRules } from './usable-rules.ts';

export type OpenRulesOptions = {
  readonly settings: Pick<Settings, 'store' | 'storeTimeoutMs' | 'mode' | 'hostname'>;
  /** What the rules directory holds; null where it cannot be used. */
  readonly directory: RuleSet | null;
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
 * What mail is judged by from the start: what is in force in the store; where that cannot be used here, the last set
 * before it. The directory decides at the first start ever, while the store does not answer, and where it keeps nothing
 * that can be used.
 * @throws Error in one sentence where there is nothing to judge by.
 */
export async function openRulesInForce({
  settings,
  directory,
  now,
}: OpenRulesOptions): Promise<OpenRules> {
  await using opened = new AsyncDisposableStack();
  const store = opened.use(
    await openRuleSets(settings.store, { timeoutMs: settings.storeTimeoutMs }),
  );
  const stored = loadStored(store);
  if (directory !== null) stored.remember(directory);
  const complaints: string[] = [];
  const state = await stateAfterFirst().catch((error: unknown) => messageOf(error));
  const first = typeof state === 'string' ? byDirectory(state) : await begin(state);
  const owned = opened.move();
  return {
    store,
    stored,
    inForce: createRulesInForce(first),
    complaints,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function begin(state: InForce): Promise<LoadedRules> {
    const usable = await usableInForce(store, stored, state).catch(
      (error: unknown): UsableRules => ({ rules: null, trouble: messageOf(error) }),
    );
    const { rules, trouble } = usable;
    if (rules === null) return byDirectory(trouble ?? '', state);
    const active = activate(rules, settings);
    if (trouble !== null) {
      complaints.push(`${rules.version}, which was in force before, is again for now: ${trouble}`);
      return { sequence: unread, active, candidate: null };
    }
    if (state.candidate === null) return { sequence: state.sequence, active, candidate: null };
    const { version, stage } = state.candidate;
    try {
      const candidate = { rules: activate(await stored.load(version), settings), stage };
      return { sequence: state.sequence, active, candidate };
    } catch (error) {
      complaints.push(`there is no candidate for now: ${messageOf(error)}`);
      return { sequence: unread, active, candidate: null };
    }
  }

  /** Nothing else is known that mail could be judged by. */
  function byDirectory(trouble: string, { ignored }: Pick<InForce, 'ignored'> = nothingInForce) {
    if (directory === null)
      throw new Error(
        `the rules directory cannot be used, nor the rules that were in force: ${trouble}`,
      );
    if (ignored.includes(directory.version))
      throw new Error(
        `the rules directory holds ${directory.version}, which was rolled back, and no other rules can be used: \`aliaswatch rules activate DIR\` puts others in force; ${trouble}`,
      );
    complaints.push(`the rules of the directory are in force for now: ${trouble}`);
    return { sequence: unread, active: activate(directory, settings), candidate: null };
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
