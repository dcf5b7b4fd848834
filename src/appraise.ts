import type { Alias, MailFunction } from './alias/alias.ts';
import { dayOf } from './baseline/ledger.ts';
import type { Observation } from './baseline/store.ts';
import { decideScored } from './decision/decide.ts';
import type { Decision } from './decision/decision.ts';
import type { ActiveRules } from './dependencies.ts';
import type { Features } from './features/features.ts';
import type { OrganizationView } from './organization/organization.ts';
import type { InheritedValues } from './score/inherited-values.ts';
import type { Readings } from './score/readings.ts';
import type { Score } from './score/score.ts';
import { scoreMessage } from './score/score-message.ts';

const dayMs = 86_400_000;

/** All that rules are applied to: one message and the history it is held against. */
export type ToAppraise = {
  readonly alias: Alias;
  /** What the message is for (`templateFunctionOf`), or null. */
  readonly purpose: MailFunction | null;
  readonly at: Date;
  readonly features: Features;
  readonly observation: Observation;
  /** Null where the organization's ledgers did not answer. */
  readonly organization: OrganizationView | null;
  /** What the alias takes over from others of its vendor. */
  readonly inherited: InheritedValues;
  /** `table value` that a person approved for this alias. */
  readonly approved: ReadonlySet<string>;
};

/** What one set of rules makes of a message that stands alone: no ceiling, campaign or breaker has been asked. */
export type Appraisal = {
  readonly score: Score;
  readonly readings: Readings;
  readonly decision: Decision;
};

/** Rules whose budgets are a chance per message (`Alerts.withBudgets`). */
export type AppraisingRules = Pick<ActiveRules, 'causes' | 'policy'>;

/** score → decision under one set of rules. Pure: the same message may be held against several sets. */
export function appraise(
  { alias, purpose, at, ...seen }: ToAppraise,
  { causes, policy }: AppraisingRules,
): Appraisal {
  const { score, readings } = scoreMessage({
    ...seen,
    pack: alias.pack,
    causes,
    today: dayOf(at),
    dayShare: (at.getTime() / dayMs) % 1,
  });
  return { score, readings, decision: decideScored({ score, alias, policy, purpose }) };
}
