import { applyMode, atMostTag } from './apply-mode.ts';
import type { Condition } from '../conditions/condition.ts';
import { allowed, isFlagged, type ScoredInput } from './decide.ts';
import type { Decision, Verdict } from './decision.ts';
import { gravity, type ExceededLimit } from './limits.ts';
import type { Action, Mode } from './policy.ts';

/**
 * The gravest action that a matching condition asks for, where the score asked for less. Without `forced` it goes no
 * further than a score could: a history that is too young holds nothing, and a code is not kept from who needs it.
 */
export function overruleByConditions(
  decision: Decision,
  matched: readonly Condition[],
  input: ScoredInput,
): Decision {
  const conditions = matched.map(({ id }) => id);
  const asked = matched.flatMap(({ id, name, effect, forced }) => {
    if (effect.kind === 'bits') return [];
    const action = forced ? effect.action : allowed(effect.action, input);
    return [{ action, reason: `${name} (condition ${id}: ${action})` }];
  });
  const gravest = asked.reduce<(typeof asked)[number] | null>(
    (worst, each) =>
      worst === null || gravity[each.action] > gravity[worst.action] ? each : worst,
    null,
  );
  if (gravest === null) return { ...decision, conditions };
  const isGraver = gravity[gravest.action] > gravity[decision.action];
  const action = isGraver ? gravest.action : decision.action;
  return {
    ...decision,
    conditions,
    verdict: verdictFor(decision.verdict, gravest),
    action,
    effectiveAction: applyMode(action, input.policy.mode),
    reason: [...asked.map(({ reason }) => reason), decision.reason]
      .filter((part) => part !== '')
      .join('; '),
    learnFeatures: false,
    learnPending: decision.learnPending && action !== 'defer',
  };
}

/** A ceiling forces its action where the score asked for less; what is past one is disputed and teaches nothing new. */
export function overruleByLimit(
  decision: Decision,
  exceeded: ExceededLimit | null,
  mode: Mode,
): Decision {
  if (exceeded === null) return decision;
  const isGraver = gravity[exceeded.action] > gravity[decision.action];
  const action = isGraver ? exceeded.action : decision.action;
  return {
    ...decision,
    verdict: verdictFor(decision.verdict, exceeded),
    action,
    effectiveAction: applyMode(action, mode),
    reason: [exceeded.reason, decision.reason].filter((part) => part !== '').join('; '),
    learnFeatures: false,
    // A deferred message comes again and is counted then.
    learnPending: decision.learnPending && action !== 'defer',
    limit: exceeded.limit,
  };
}

/** What shares something with a confirmed attack is tagged at least, is a copy, and teaches nothing. */
export function overruleByAttack(
  decision: Decision,
  campaign: string | null,
  mode: Mode,
): Decision {
  if (campaign === null) return decision;
  const isGraver = gravity.tag > gravity[decision.action];
  const action = isGraver ? 'tag' : decision.action;
  const said = `shares what tells campaign ${campaign}, which was confirmed as an attack`;
  return {
    ...decision,
    verdict: isFlagged(decision) ? decision.verdict : 'suspicious',
    action,
    effectiveAction: applyMode(action, mode),
    reason: [said, decision.reason].filter((part) => part !== '').join('; '),
    learnFeatures: false,
    learnPending: false,
    campaign,
    isCopy: true,
  };
}

/** While something of ours seems broken, mail is tagged at most and nothing is learned (promise P8). */
export function overruleByBreaker(decision: Decision, openBecause: string | null): Decision {
  if (openBecause === null) return decision;
  const effectiveAction = atMostTag(decision.effectiveAction);
  const isMilder = effectiveAction !== decision.effectiveAction;
  return {
    ...decision,
    effectiveAction,
    reason: isMilder ? `${decision.reason}; only tagged, since ${openBecause}` : decision.reason,
    learnFeatures: false,
    learnPending: false,
    breakerOpen: true,
  };
}

/** So many messages are held within the hour that this one is only tagged. */
export function overruleByCap(decision: Decision, maxHeldPerHour: number): Decision {
  const why = `only tagged, since ${maxHeldPerHour} messages were held within the hour (quarantine.maxHeldPerHour)`;
  return {
    ...decision,
    effectiveAction: atMostTag(decision.effectiveAction),
    reason: [decision.reason, why].filter((part) => part !== '').join('; '),
    learnFeatures: false,
    learnPending: false,
  };
}

function verdictFor(verdict: Verdict, { action }: { readonly action: Action }): Verdict {
  if (verdict !== 'clean' && verdict !== 'learning') return verdict;
  return action === 'tag' ? 'suspicious' : 'anomalous';
}
