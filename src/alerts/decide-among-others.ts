import type { Alias } from '../alias/alias.ts';
import type { Observation } from '../baseline/store.ts';
import { campaignOf, type Campaign } from '../decision/campaign.ts';
import { isFlagged } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { exceededLimit, type HourlyTraffic } from '../decision/limits.ts';
import { overruleByAttack, overruleByBreaker, overruleByLimit } from '../decision/overrule.ts';
import type { Policy } from '../decision/policy.ts';
import type { Features } from '../features/features.ts';
import type { Readings } from '../score/readings.ts';
import type { Score } from '../score/score.ts';
import type { Alerts } from './alerts.ts';

export type ToDecide = {
  readonly alias: Alias;
  readonly at: Date;
  readonly features: Features;
  readonly observation: Observation;
  readonly score: Score;
  readonly readings: Readings;
  /** What the rules say of the message alone. */
  readonly decision: Decision;
  /** Confirmed campaign that the message shares something with, or null. */
  readonly attack: string | null;
};

/** What to do with it, and what it shares with copies where it is flagged or part of a confirmed attack. */
export type Decided = { readonly decision: Decision; readonly campaign: Campaign | null };

/** What to do with a message that stands among others: by what the rules say of it alone, by the ceilings on traffic, and by what is flagged around it. */
export function decideAmongOthers(
  { alias, at, features, observation, score, readings, decision, attack }: ToDecide,
  policy: Policy,
  alerts: Pick<Alerts, 'note'>,
): Decided {
  const found =
    isFlagged(decision) || attack !== null
      ? campaignOf({ alias: alias.id, score, features, readings })
      : null;
  const campaign = found && attack !== null ? { ...found, id: attack } : found;
  const { hourMessages } = observation;
  const { verdict } = decision;
  const standing = alerts.note({ alias, at, score, hourMessages, verdict, campaign, policy });
  const { openBecause } = standing;
  const standingDecision = { ...decision, campaign: standing.campaign, isCopy: standing.isCopy };
  return {
    decision: overruled(
      standingDecision,
      { alias: alias.id, observation, attack, openBecause },
      policy,
    ),
    campaign,
  };
}

/** What overrules the decision on a message alone. */
export type Around = {
  /** Alias id. */
  readonly alias: string;
  readonly observation: Pick<Observation, 'hourMessages' | 'traffic'>;
  /** Confirmed campaign that the message shares something with, or null. */
  readonly attack: string | null;
  /** Why the breaker is open, or null. */
  readonly openBecause: string | null;
};

/** The decision after confirmed attacks, the policy's ceilings and the breaker. Pure. */
export function overruled(
  decision: Decision,
  { alias, observation, attack, openBecause }: Around,
  policy: Policy,
): Decision {
  const exceeded = exceededLimit(trafficOf(observation), alias, policy);
  const attacked = overruleByAttack(decision, attack, policy.mode);
  const limited = overruleByLimit(attacked, exceeded, policy.mode);
  return overruleByBreaker(limited, openBecause);
}

function trafficOf({ hourMessages, traffic }: Around['observation']): HourlyTraffic {
  const { actorHourMessages, actorIsNew } = traffic;
  return { aliasHourMessages: hourMessages, actorHourMessages, actorIsNew };
}
