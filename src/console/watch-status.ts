import type { BreakerCause } from '../decision/breaker.ts';
import type { Events } from '../observability/events.ts';
import { createRecentTraffic, type RecentTraffic } from './recent-traffic.ts';
import type { ConsoleStatus } from './sources.ts';

/** What only passes by as events, remembered for the overview. */
export type WatchedStatus = {
  /** The events given, watched. */
  readonly events: Events;
  /** Counts mail that another process took. */
  readonly countTraffic: RecentTraffic['count'];
  readonly read: () => Pick<ConsoleStatus, 'breaker' | 'budgets' | 'traffic'>;
};

export function watchStatus(events: Events, now: () => Date): WatchedStatus {
  const traffic = createRecentTraffic(now);
  const budgets: { tag: number | null; quarantine: number | null } = {
    tag: null,
    quarantine: null,
  };
  const open = new Map<BreakerCause, NonNullable<ConsoleStatus['breaker']>>();
  return {
    events: {
      ...events,
      transactionCompleted: (completed) => {
        traffic.count(completed.decision);
        events.transactionCompleted(completed);
      },
      breakerOpened: (opening) => {
        const { cause, reason, atMs } = opening;
        open.set(cause, { cause, reason, openedAt: new Date(atMs).toISOString() });
        events.breakerOpened(opening);
      },
      breakerClosed: (cause) => {
        open.delete(cause);
        events.breakerClosed(cause);
      },
      budgetUsed: (budget, ratio) => {
        budgets[budget] = ratio;
        events.budgetUsed(budget, ratio);
      },
    },
    countTraffic: traffic.count,
    read: () => ({
      breaker: open.values().next().value ?? null,
      budgets: { ...budgets },
      traffic: traffic.hours(),
    }),
  };
}
