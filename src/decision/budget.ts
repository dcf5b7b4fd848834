import type { PolicyOverride } from './policy-override.ts';
import type { Budget, Policy } from './policy.ts';

/** The most honest messages that may be flagged, whatever the volume: one in ten. */
const mostShare = 0.1;

/** Usual volume a day of the mail under a budget; null until a day of it has been counted. */
export type VolumePerDay = (budget: 'tag' | 'quarantine', scope: string | null) => number | null;

/**
 * The policy with the chance per message that its budgets come to, those of overrides included. One test per message:
 * alerts a day are chance times volume (detection 2.8).
 */
export function withBudgets(policy: Policy, perDay: VolumePerDay): Policy {
  const tag = chancePerMessage(policy.tag, perDay('tag', null));
  const held = chancePerMessage(policy.quarantine, perDay('quarantine', null));
  return {
    ...policy,
    tag: { ...policy.tag, budget: tag },
    // What is held would be tagged as well: a number a day beside a chance could turn them around.
    quarantine: { ...policy.quarantine, budget: Math.min(held, tag) },
    overrides: policy.overrides.map((override) => withOwnBudgets(override, perDay)),
  };
}

function withOwnBudgets(override: PolicyOverride, perDay: VolumePerDay): PolicyOverride {
  const own = (budget: 'tag' | 'quarantine') => {
    const { [budget]: given } = override.set;
    const { alertsPerDay = null, budget: most = 0, scope = null } = given ?? {};
    if (alertsPerDay === null) return {};
    const chance = chancePerMessage({ budget: most, alertsPerDay }, perDay(budget, scope));
    return { [budget]: { ...given, budget: chance } };
  };
  return { ...override, set: { ...override.set, ...own('tag'), ...own('quarantine') } };
}

function chancePerMessage(
  { budget, alertsPerDay }: Pick<Budget, 'budget' | 'alertsPerDay'>,
  watchedPerDay: number | null,
): number {
  if (alertsPerDay === null) return budget;
  return watchedPerDay === null ? budget : Math.min(mostShare, alertsPerDay / watchedPerDay);
}

/** Flags of today beside what the budget allows on a day such as this; 1 is all of it. */
export function budgetUsed(flagsToday: number, budget: Budget, watchedToday: number): number {
  return flagsToday / flagsAllowed(budget, watchedToday);
}

/** Flags that the budget allows on a day with so many watched messages. */
export function flagsAllowed({ budget, alertsPerDay }: Budget, watchedToday: number): number {
  return alertsPerDay ?? Math.max(1, budget * watchedToday);
}
