const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long copies are waited for before the first of an attack is told of. */
export const gatherMs = minuteMs;

/** One notice a campaign and addressee in this time; what comes in between is counted in the next. */
export const campaignPauseMs = hourMs;

/** Past so many notices in a day, an addressee gets at most one an hour, about everything. */
export const fullPacePerDay = 20;
export const pastPaceMs = hourMs;

/** Longer than any delivery takes: past it, the process that had the notice is dead. */
export const leaseMs = 10 * minuteMs;

/** From the first try on; then it is given up, with an event. */
export const giveUpMs = 3 * dayMs;

/** How long is known what was told of. */
export const keptMs = 30 * dayMs;

/** Before the next try: one minute, doubled each time, at most an hour. */
export function backoffMs(attempts: number): number {
  return Math.min(minuteMs * 2 ** Math.min(attempts, 10), hourMs);
}

/** Since when something may be late before `notice status` calls it so. */
export const lateMs = hourMs;
