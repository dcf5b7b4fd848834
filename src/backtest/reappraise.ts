import { overruled } from '../alerts/decide-among-others.ts';
import type { Alias, MailFunction } from '../alias/alias.ts';
import { appraise } from '../appraise.ts';
import type { Condition } from '../conditions/condition.ts';
import { withBudgets } from '../decision/budget.ts';
import type { Decision } from '../decision/decision.ts';
import { overruleByCap } from '../decision/overrule.ts';
import type { Mode, Policy } from '../decision/policy.ts';
import { oncePerObject } from '../once-per.ts';
import type { CauseTable } from '../score/causes.ts';
import { pooledPriors, type SignalFit } from '../score/fit-priors.ts';
import type { Score } from '../score/score.ts';
import type { HiddenRules } from '../vectors/hide-rules.ts';
import type { KeptMessage, Outcome } from '../vectors/kept-message.ts';

/** What one set of rules makes of a kept message, in the circumstances it came in; null where the set does not watch its alias. */
export type Reappraise = (message: KeptMessage) => Outcome | null;

/** The engine of the message path (`appraise`) over kept messages; the priors are those that held when each was scored. */
export function reappraiser(rules: HiddenRules): Reappraise {
  const causesWith = pooledCauses(rules);
  const conditionsOf = answered(rules.conditions);
  return ({ alias: id, appraised, circumstances, recipients }) => {
    const alias = rules.aliases.get(id);
    if (alias === undefined) return null;
    const { watchedPerDay, attack, breakerOpen, fits, contentMet, capped = false } = circumstances;
    // Of an override's own mail the volume is not kept: its number a day is the usual share (`own-budgets.ts`).
    const perDay = (_: unknown, scope: string | null) => (scope === null ? watchedPerDay : null);
    const purpose = purposeUnder(alias, appraised.purpose);
    const { score, decision, policy } = appraise(
      { ...appraised, alias, purpose, recipients },
      {
        ...rules,
        conditions: conditionsOf(contentMet),
        causes: causesWith(fits),
        policy: withBudgets(rules.policy, perDay),
      },
    );
    const around = {
      observation: appraised.observation,
      attack,
      openBecause: breakerOpen ? 'the breaker was open' : null,
    };
    const among = overruled(decision, around, policy);
    return outcomeOf(score, capped ? pastCap(among, rules.policy) : among, policy.mode);
  };
}

/** How full the hour would have been under these rules is not known: what was past a bound then is past this one. */
function pastCap(
  decision: Decision,
  { quarantine: { maxHeldPerHour } }: Pick<Policy, 'quarantine'>,
): Decision {
  return maxHeldPerHour === null || decision.effectiveAction !== 'quarantine'
    ? decision
    : overruleByCap(decision, maxHeldPerHour);
}

/** What reads the message was asked when it came: it is met where a condition of its name was met then. */
function answered(
  conditions: readonly Condition[],
): (contentMet: readonly string[]) => readonly Condition[] {
  if (!conditions.some(({ readsMessage }) => readsMessage)) return () => conditions;
  return (contentMet) =>
    conditions.map((condition) =>
      condition.readsMessage
        ? {
            ...condition,
            readsMessage: false,
            isTrueOf: () => contentMet.includes(condition.id),
          }
        : condition,
    );
}

/** What is kept of a decision. */
export function outcomeOf(score: Score, decision: Decision, mode: Mode): Outcome {
  const { verdict, action, effectiveAction, limit } = decision;
  const { bits, pValue, cause } = score;
  return { verdict, action, effectiveAction, mode, bits, pValue, cause: cause.id, limit };
}

/** A pack that knows one purpose says it whatever the subject, which is not kept. */
function purposeUnder({ pack }: Alias, known: MailFunction | null): MailFunction | null {
  if (pack === null) return null;
  const [only, ...others] = pack.functions;
  return only !== undefined && others.length === 0 ? only : known;
}

/** Fits are the same for many messages: each is joined with the causes once, and for sets with the same priors once. */
function pooledCauses({
  causes,
  policy,
}: Pick<HiddenRules, 'causes' | 'policy'>): (fits: readonly SignalFit[]) => CauseTable {
  const joined = oncePerObject((fits: readonly SignalFit[]) => ({
    ...causes,
    signals: pooledSignals(fits)(causes.signals),
  }));
  return (fits) => (policy.learning.pooledPriors && fits.length > 0 ? joined(fits) : causes);
}

const pooledSignals = oncePerObject((fits: readonly SignalFit[]) =>
  oncePerObject((signals: CauseTable['signals']) => pooledPriors(signals, fits)),
);
