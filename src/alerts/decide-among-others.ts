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
import { atMostTag } from '../decision/apply-mode.ts';
import { onlyUnder } from '../decision/only-under.ts';
import type { Alerts } from './alerts.ts';
import type { Compared } from './watch-rulesets.ts';

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
  /** Version of the rules. */
  readonly ruleset: string;
  /** The set before, where it is known and the rules are new; asked only of what is flagged. */
  readonly before: BeforeRules | null;
};

/** What a set of rules that was in force before says of the message alone. */
export type BeforeRules = {
  readonly ruleset: string;
  readonly gate: Policy['activation']['gate'];
  readonly decide: () => { readonly decision: Decision; readonly policy: Policy };
};

/** What to do with it, and what it shares with copies where it is flagged or part of a confirmed attack. */
export type Decided = { readonly decision: Decision; readonly campaign: Campaign | null };

/** What to do with a message that stands among others: by what the rules say of it alone, by the ceilings on traffic, and by what is flagged around it. */
export function decideAmongOthers(
  toDecide: ToDecide,
  policy: Policy,
  alerts: Pick<Alerts, 'note'>,
): Decided {
  const { alias, at, features, observation, score, readings, decision, attack, ruleset } = toDecide;
  const found =
    isFlagged(decision) || attack !== null
      ? campaignOf({ alias: alias.id, score, features, readings })
      : null;
  const campaign = found && attack !== null ? { ...found, id: attack } : found;
  const { hourMessages } = observation;
  const { verdict } = decision;
  const around = { observation, attack, openBecause: null };
  const alone = overruled(decision, around, policy);
  const compared = compare(alone, campaign?.keys ?? null, { ...toDecide, around });
  const standing = alerts.note({
    alias,
    at,
    score,
    hourMessages,
    verdict,
    campaign,
    policy,
    ruleset,
    compared,
  });
  const among = {
    ...alone,
    campaign: alone.campaign ?? standing.campaign,
    isCopy: alone.isCopy || standing.isCopy,
    onlyUnder: compared?.only ?? null,
  };
  return { decision: overruleByBreaker(among, standing.openBecause), campaign };
}

/** A clean message costs nothing: only what is flagged is held against the set before. */
function compare(
  alone: Decision,
  keys: readonly string[] | null,
  { alias, ruleset, before, around }: ToDecide & { readonly around: Around },
): Compared | null {
  if (before === null) return null;
  // Past a ceiling all mail of an alias is one thing.
  const { ruleset: previous, gate } = before;
  const told = { previous, gate, keys: keys ?? [`ceiling ${alias.id}`] };
  if (alone.action === 'pass') return { ...told, only: null, isHeld: false };
  const { decision, policy } = before.decide();
  const then = overruled(decision, around, policy);
  const isHeld = atMostTag(alone.action) !== alone.action;
  return { ...told, only: onlyUnder(alone, then, ruleset), isHeld };
}

/** What overrules the decision on a message alone. */
export type Around = {
  readonly observation: Pick<Observation, 'hourMessages' | 'traffic'>;
  /** Confirmed campaign that the message shares something with, or null. */
  readonly attack: string | null;
  /** Why the breaker is open, or null. */
  readonly openBecause: string | null;
};

/** The decision after confirmed attacks, the policy's ceilings and the breaker. Pure. */
export function overruled(
  decision: Decision,
  { observation, attack, openBecause }: Around,
  policy: Policy,
): Decision {
  const exceeded = exceededLimit(trafficOf(observation), policy);
  const attacked = overruleByAttack(decision, attack, policy.mode);
  const limited = overruleByLimit(attacked, exceeded, policy.mode);
  return overruleByBreaker(limited, openBecause);
}

function trafficOf({ hourMessages, traffic }: Around['observation']): HourlyTraffic {
  const { actorHourMessages, actorIsNew } = traffic;
  return { aliasHourMessages: hourMessages, actorHourMessages, actorIsNew };
}
