import type { RuleSet } from '../config/rule-set.ts';
import type { RuleFiles } from '../config/rule-source.ts';
import { inForceBefore } from './history-of-active.ts';
import {
  keptActivations,
  type Activation,
  type ActivationWay,
  type Candidate,
  type InForce,
  type RuleSetStore,
  type Stage,
} from './rule-set-store.ts';

/** Who changes the rules in force, and why. */
export type ChangedBy = {
  readonly by: string;
  readonly via: ActivationWay;
  readonly reason: string;
  readonly at: Date;
};

/** Somebody else changed the rules meanwhile. */
export class RulesChangedMeanwhile extends Error {
  override readonly name = 'RulesChangedMeanwhile';
  constructor() {
    super(
      'somebody else changed the rules in force meanwhile: look at `aliaswatch rules history` and try again',
    );
  }
}

/** Rolled back versions that are remembered. */
const mostIgnored = 50;

export type ToActivate = ChangedBy & {
  readonly rules: Pick<RuleSet, 'version' | 'files'>;
  /** Null puts it in force for all mail. */
  readonly stage: Stage | null;
  readonly forced: boolean;
  readonly steps: readonly string[];
};

/**
 * Puts a set in force, or makes it the candidate. `state` is what the steps were run against.
 * @throws RulesChangedMeanwhile, and what the store throws.
 */
export async function putInForce(
  store: Pick<RuleSetStore, 'change'>,
  state: InForce,
  { rules, stage, ...given }: ToActivate,
): Promise<Activation> {
  const { version, files } = rules;
  const ignored = state.ignored.filter((other) => other !== version);
  const isFirst = state.active === null;
  const next =
    stage === null || isFirst
      ? { active: version, candidate: null, ignored }
      : { active: state.active, candidate: { version, stage }, ignored };
  const entry = entryOf(given, {
    version,
    previous: state.active,
    stage: next.candidate === null ? 'enforce' : next.candidate.stage.kind,
    forced: given.forced,
    steps: given.steps,
  });
  return change(store, state, { next, entry, files });
}

/** The candidate is in force for all mail. @throws Error where there is none. */
export async function promoteCandidate(
  store: Pick<RuleSetStore, 'change'>,
  state: InForce,
  by: ChangedBy,
): Promise<Activation> {
  if (state.candidate === null)
    throw new Error(
      'there is no candidate to promote: `aliaswatch rules activate DIR --canary 0.1` makes one',
    );
  const { version } = state.candidate;
  const entry = entryOf(by, { version, previous: state.active, stage: 'enforce' });
  const next = { active: version, candidate: null, ignored: state.ignored };
  return change(store, state, { next, entry, files: null });
}

/**
 * Takes back what was done last: a candidate is dropped; without one the set before is in force again. With `to` that
 * set is in force, whatever came since. What is taken back is not taken from a changed file again.
 * @throws Error in one sentence where there is nothing to go back to.
 */
export async function rollBack(
  store: Pick<RuleSetStore, 'change' | 'history' | 'filesOf'>,
  state: InForce,
  { to, ...by }: ChangedBy & { readonly to: string | null },
): Promise<Activation> {
  const { active, candidate } = state;
  if (active === null)
    throw new Error('no rules were activated yet: there is nothing to go back to');
  const dropsOnly = candidate !== null && (to === null || to === active);
  const target = dropsOnly ? active : (to ?? (await versionBefore(store, state)));
  if (target === active && candidate === null)
    throw new Error(`rule set ${active} is in force already`);
  if ((await store.filesOf(target)) === null)
    throw new Error(
      `the files of rule set ${target} are not stored: \`aliaswatch rules history\` shows what is`,
    );
  const next = { active: target, candidate: null, ignored: ignoredAfter(state, target) };
  const previous = dropsOnly ? candidate.version : active;
  const entry = entryOf(by, { version: target, previous, stage: 'enforce' });
  return change(store, state, { next, entry, files: null });
}

function ignoredAfter({ active, candidate, ignored }: InForce, target: string): readonly string[] {
  const dropped = [active, candidate?.version].filter(
    (version) => typeof version === 'string' && version !== target,
  ) as readonly string[];
  const all = [...ignored, ...dropped].filter((version) => version !== target);
  return [...new Set(all)].slice(-mostIgnored);
}

async function versionBefore(
  store: Pick<RuleSetStore, 'history'>,
  state: InForce,
): Promise<string> {
  const [before] = inForceBefore(await store.history(keptActivations), state);
  if (before === undefined)
    throw new Error(
      'there is no earlier rule set to go back to: name one with --to, or activate another directory',
    );
  return before;
}

function entryOf(
  { by, via, reason, at }: ChangedBy,
  what: Pick<Activation, 'version' | 'previous' | 'stage'> &
    Partial<Pick<Activation, 'forced' | 'steps'>>,
): Activation {
  return { forced: false, steps: [], ...what, at: at.toISOString(), by, via, reason };
}

type Change = {
  readonly next: {
    readonly active: string | null;
    readonly candidate: Candidate | null;
    readonly ignored: readonly string[];
  };
  readonly entry: Activation;
  readonly files: RuleFiles | null;
};

async function change(
  store: Pick<RuleSetStore, 'change'>,
  { sequence }: InForce,
  { next, entry, files }: Change,
): Promise<Activation> {
  if (!(await store.change(sequence, { next, entry, files }))) throw new RulesChangedMeanwhile();
  return entry;
}
