import type { Alias, MailFunction } from './alias/alias.ts';
import { dayMs, dayOf } from './baseline/ledger.ts';
import type { Observation } from './baseline/store.ts';
import { addBits } from './conditions/add-bits.ts';
import { askConditions, type ConditionsMet } from './conditions/ask-conditions.ts';
import type { MessageContent } from './conditions/source.ts';
import { decideScored, isMature } from './decision/decide.ts';
import type { Decision } from './decision/decision.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import { overruleByConditions } from './decision/overrule.ts';
import type { Policy } from './decision/policy.ts';
import type { ActiveRules } from './dependencies.ts';
import type { Features } from './features/features.ts';
import type { OrganizationView } from './organization/organization.ts';
import type { InheritedValues } from './score/inherited-values.ts';
import type { Readings } from './score/readings.ts';
import type { Score } from './score/score.ts';
import { scoreMessage } from './score/score-message.ts';

/** All that rules are applied to: one message and the history it is held against. */
export type ToAppraise = {
  readonly alias: Alias;
  /** What the message is for (`templateFunctionOf`), or null. */
  readonly purpose: MailFunction | null;
  /** Of the envelope. */
  readonly recipients: readonly string[];
  readonly at: Date;
  readonly features: Features;
  readonly observation: Observation;
  /** Null where the organization's ledgers did not answer. */
  readonly organization: OrganizationView | null;
  /** What the alias takes over from others of its vendor. */
  readonly inherited: InheritedValues;
  /** `table value` that a person approved for this alias. */
  readonly approved: ReadonlySet<string>;
  /** The message itself; null or absent where only its features were kept, and conditions that read it are not asked. */
  readonly content?: MessageContent | null;
};

/** What one set of rules makes of a message that stands alone: no ceiling, campaign or breaker has been asked. */
export type Appraisal = {
  /** With the bits of the conditions that it meets. */
  readonly score: Score;
  /**
   * Without them. This is what is learned: a chance is read from how honest mail scored, and that must not depend on
   * what operators wrote meanwhile, or a condition would make its own bits look ordinary, and its removal would leave
   * a history that nothing scores like any more.
   */
  readonly baseBits: number;
  readonly readings: Readings;
  readonly decision: Decision;
  readonly conditions: ConditionsMet;
  /** With the overrides that are for this message. */
  readonly policy: Policy;
};

/** Rules whose budgets are a chance per message (`Alerts.withBudgets`). */
export type AppraisingRules = Pick<ActiveRules, 'causes' | 'policy' | 'conditions' | 'lists'>;

/** score → conditions → decision under one set of rules. Pure: the same message may be held against several sets. */
export function appraise(
  { alias, purpose, recipients, at, content = null, ...seen }: ToAppraise,
  { causes, policy: general, conditions, lists }: AppraisingRules,
): Appraisal {
  const policy = effectivePolicy(general, { alias, purpose }, recipients);
  const { score: base, readings } = scoreMessage({
    ...seen,
    pack: alias.pack,
    causes,
    today: dayOf(at),
    dayShare: (at.getTime() / dayMs) % 1,
  });
  const scored = { alias, policy, purpose };
  const alone = decideScored({ ...scored, score: base });
  const met = askConditions(conditions, alias, () => ({
    alias,
    purpose,
    ...seen,
    readings,
    score: base,
    verdict: alone.verdict,
    isMature: isMature(base, policy),
    lists,
    content,
  }));
  const score = addBits(base, met.matched, readings.history);
  const decided = score === base ? alone : decideScored({ ...scored, score });
  const decision = overruleByConditions(decided, met.matched, { ...scored, score });
  return { score, baseBits: base.bits, readings, decision, policy, conditions: met };
}
