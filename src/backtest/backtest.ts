import type { ActiveRules } from '../dependencies.ts';
import { effectivePolicy } from '../decision/effective-policy.ts';
import type { Pseudonym } from '../features/hash.ts';
import { hideRules, type HiddenRules } from '../vectors/hide-rules.ts';
import type { KeptMessage } from '../vectors/kept-message.ts';
import { readWithOf } from '../vectors/read-with.ts';
import { changeKinds, type ChangeKind, type Compared } from './change.ts';
import { withEqualParts } from './equal-parts.ts';
import { estimate, type Estimate, type Sampled } from './estimate.ts';
import { notBacktestable, type NotBacktestable } from './not-backtestable.ts';
import { ownBudgetOf } from './own-budgets.ts';
import { reappraiser } from './reappraise.ts';
import { startTally, type ChangeTally, type Tally } from './tally.ts';

/** Scored messages of each alias in the window, all of them, held ones apart. */
export type ScoredCounts = ReadonlyMap<string, { readonly passed: number; readonly held: number }>;

export type BacktestInput = {
  readonly vectors: Iterable<KeptMessage>;
  readonly counts: ScoredCounts;
  readonly inForce: ActiveRules;
  readonly candidate: ActiveRules;
  /** Keyed as the kept messages are (`loadPseudonymKey`). */
  readonly pseudonym: Pseudonym;
};

export type BacktestChange = ChangeTally & { readonly estimate: Estimate };

/** What a candidate would do differently, on one alias. */
export type AliasSample = {
  readonly alias: string;
  /** Kept messages, held ones among them. */
  readonly kept: number;
  readonly keptHeld: number;
  /** All scored messages of the window, held ones among them. */
  readonly scored: number;
};

export type BacktestResult = {
  /** Versions of both sets. */
  readonly inForce: string;
  readonly candidate: string;
  /** Kept messages that were held against both, and all that were scored in the window. */
  readonly kept: number;
  readonly scored: number;
  readonly aliases: readonly AliasSample[];
  /** By alias, kind and cause; the gravest kind first. */
  readonly changes: readonly BacktestChange[];
  /** Over all aliases. */
  readonly totals: Readonly<Record<ChangeKind, Estimate & { readonly kept: number }>>;
  readonly notBacktestable: readonly NotBacktestable[];
};

/** Holds kept messages against two sets of rules, with the engine of the message path. Pure; one thread. */
export function backtest(input: BacktestInput): BacktestResult {
  const { vectors, inForce, candidate, pseudonym } = input;
  const compare = comparison({
    inForce: hideRules(inForce, pseudonym),
    candidate: hideRules(candidate, pseudonym),
  });
  const tallying = startTally(readWithOf(inForce.lists));
  for (const message of vectors) tallying.add(message, compare(message));
  return resultOf(tallying.tally(), input);
}

/** Scores each message once where one of the sets is the one it was scored under. */
export function comparison(sets: {
  readonly inForce: HiddenRules;
  readonly candidate: HiddenRules;
}): (message: KeptMessage) => Compared {
  const { inForce } = sets;
  const candidate = withEqualParts(sets.candidate, inForce);
  const outcomeUnder = (rules: HiddenRules) => {
    const reappraise = reappraiser(rules);
    // An outcome that rests on a volume can only be held against one that does.
    return (message: KeptMessage, lacksVolume: boolean) =>
      !lacksVolume && isOutcomeOf(message, rules) ? message.outcome : reappraise(message);
  };
  const [under, wouldBe] = [outcomeUnder(inForce), outcomeUnder(candidate)];
  const [isOwn, wouldBeOwn] = [ownBudgetOf(inForce), ownBudgetOf(candidate)];
  return (message) => {
    const lacksVolume = isOwn(message) || wouldBeOwn(message);
    return {
      before: under(message, lacksVolume),
      after: wouldBe(message, lacksVolume),
      lacksVolume,
    };
  };
}

/** `--mode` is no part of a version. */
function isOutcomeOf(
  { ruleset, outcome, recipients, alias: id, appraised }: KeptMessage,
  rules: HiddenRules,
): boolean {
  if (ruleset !== rules.version) return false;
  const mail = { alias: rules.aliases.get(id) ?? null, purpose: appraised.purpose };
  return effectivePolicy(rules.policy, mail, recipients).mode === outcome.mode;
}

export function resultOf(
  tally: Tally,
  { counts, inForce, candidate }: Pick<BacktestInput, 'counts' | 'inForce' | 'candidate'>,
): BacktestResult {
  const sampled = (alias: string): Sampled => {
    const kept = tally.appraised[alias] ?? { passed: 0, held: 0 };
    const scored = counts.get(alias) ?? kept;
    return {
      passed: { kept: kept.passed, scored: Math.max(kept.passed, scored.passed) },
      held: { kept: kept.held, scored: Math.max(kept.held, scored.held) },
    };
  };
  const aliases = Object.keys(tally.appraised)
    .sort()
    .map((alias): AliasSample => {
      const { passed, held } = sampled(alias);
      return {
        alias,
        kept: passed.kept + held.kept,
        keptHeld: held.kept,
        scored: passed.scored + held.scored,
      };
    });
  const changes = tally.changes
    .map((change): BacktestChange => ({
      ...change,
      estimate: estimate(change, sampled(change.alias)),
    }))
    .sort(byGravity);
  return {
    inForce: inForce.version,
    candidate: candidate.version,
    kept: sum(aliases, ({ kept }) => kept),
    scored: sum(aliases, ({ scored }) => scored),
    aliases,
    changes,
    totals: totalsOf(changes, tally, sampled),
    notBacktestable: notBacktestable({ inForce, candidate, tally }),
  };
}

function byGravity(left: BacktestChange, right: BacktestChange): number {
  return (
    changeKinds.indexOf(left.kind) - changeKinds.indexOf(right.kind) ||
    right.estimate.messages - left.estimate.messages ||
    left.alias.localeCompare(right.alias) ||
    left.cause.localeCompare(right.cause)
  );
}

/** Bounds of an alias are taken over all causes at once: added up they would say more than is known. */
function totalsOf(
  changes: readonly BacktestChange[],
  tally: Tally,
  sampled: (alias: string) => Sampled,
): BacktestResult['totals'] {
  const total = (kind: ChangeKind) => {
    const own = changes.filter((change) => change.kind === kind);
    const parts = Object.keys(tally.appraised).map((alias) => {
      const ofAlias = own.filter((change) => change.alias === alias);
      const shown = {
        passed: sum(ofAlias, ({ passed }) => passed),
        held: sum(ofAlias, ({ held }) => held),
      };
      return { ...estimate(shown, sampled(alias)), kept: shown.passed + shown.held };
    });
    return {
      kept: sum(parts, ({ kept }) => kept),
      messages: sum(parts, ({ messages }) => messages),
      atMost: sum(parts, ({ atMost }) => atMost),
    };
  };
  return {
    'newly-held': total('newly-held'),
    'newly-tagged': total('newly-tagged'),
    'no-longer-held': total('no-longer-held'),
    'no-longer-tagged': total('no-longer-tagged'),
  };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
