import type { RuleSet } from '../config/rule-set.ts';
import type { Refusal, StepsPassed } from './activation-step.ts';
import { putInForce } from './change-rules.ts';
import { UnusableRules, type StoredRules } from './load-stored.ts';
import type { ActivationWay, RuleSetStore, Stage } from './rule-set-store.ts';
import { tried } from './usable-rules.ts';

/** What became of a set that a directory holds. */
export type DirectoryOutcome =
  | { readonly kind: 'activated' }
  /** It is in force, or is the candidate. */
  | { readonly kind: 'unchanged' }
  /** It was activated before, and something else is in force now. */
  | { readonly kind: 'older' }
  /** It was rolled back: only an operator's word brings it back. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

export type ActivateDirectoryOptions = {
  readonly store: RuleSetStore;
  readonly stored: StoredRules;
  /** What mail is judged by in this process. */
  readonly judgedBy: () => RuleSet;
  /** Holds a set against what is in force, null where nothing is. @throws where that could not be done. */
  readonly prepare: (rules: RuleSet, active: RuleSet | null) => Promise<StepsPassed>;
  /** Name of this host. */
  readonly by: string;
  readonly now: () => Date;
};

/**
 * Puts in force what a directory holds, where that is news and passes every step.
 * @throws what the store throws; nothing was changed then.
 */
export async function activateDirectory(
  rules: RuleSet,
  via: Extract<ActivationWay, 'start' | 'file' | 'sighup'>,
  { store, stored, judgedBy, prepare, by, now }: ActivateDirectoryOptions,
): Promise<DirectoryOutcome> {
  const { version } = rules;
  const state = await store.inForce();
  if (version === state.active || version === state.candidate?.version) {
    // What is stored of it may be damaged.
    stored.remember(rules);
    return { kind: 'unchanged' };
  }
  if (state.ignored.includes(version)) return { kind: 'ignored' };
  // A node whose directory was left behind must not take the others back, nor may a file that was put back as it was.
  if (await store.isKnown(version)) return { kind: 'older' };
  // Where the set in force cannot be used, it is held against the one that mail is judged by here.
  const named = state.active === null ? null : await tried(stored, state.active);
  const active = named instanceof UnusableRules ? judgedBy() : named;
  const { summaries, refusals } = await prepare(rules, active);
  if (refusals.length > 0) return { kind: 'refused', refusals };
  stored.remember(rules);
  await putInForce(store, state, {
    rules,
    // How careful to be is up to the set in force: the new one may be the one that is wrong.
    stage: stageOf(active ?? rules),
    by,
    via,
    reason: '',
    at: now(),
    forced: false,
    steps: summaries,
  });
  return { kind: 'activated' };
}

function stageOf({ policy: { activation } }: RuleSet): Stage | null {
  switch (activation.stage) {
    case 'enforce':
      return null;
    case 'shadow':
      return { kind: 'shadow' };
    case 'canary':
      return { kind: 'canary', share: activation.canaryShare };
  }
}
