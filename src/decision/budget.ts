import type { Budget, Policy } from './policy.ts';

/** The most honest messages that may be flagged, whatever the volume: one in ten. */
const mostShare = 0.1;

/**
 * The policy with the chance per message that its budgets come to. `watchedPerDay` is the installation's usual volume of
 * watched mail, null until a day of it has been counted. One test per message: alerts a day are chance times volume
 * (detection 2.8).
 */
export function withBudgets(policy: Policy, watchedPerDay: number | null): Policy {
  const tag = chancePerMessage(policy.tag, watchedPerDay);
  const held = chancePerMessage(policy.quarantine, watchedPerDay);
  return {
    ...policy,
    tag: { ...policy.tag, budget: tag },
    // What is held would be tagged as well: a number a day beside a chance could turn them around.
    quarantine: { ...policy.quarantine, budget: Math.min(held, tag) },
  };
}

function chancePerMessage({ budget, alertsPerDay }: Budget, watchedPerDay: number | null): number {
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
