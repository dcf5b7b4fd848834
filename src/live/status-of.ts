import type { WatchedAlerts } from '../alerts/alerts.ts';
import type { AliasFlags } from '../alerts/flags-today.ts';
import { dayOf } from '../baseline/ledger.ts';
import { flagsAllowed } from '../decision/budget.ts';
import type { Policy } from '../decision/policy.ts';
import type { ProcessStatus } from './process-status.ts';

/** What a process knows of itself. */
export type Self = Pick<
  ProcessStatus,
  'host' | 'process' | 'quarantine' | 'startedAt' | 'refusedReloads'
> & {
  readonly ruleset: string;
  readonly candidate: string | null;
  readonly policy: Policy;
  /** False where another process counts the mail of this one as well: sums are over all processes. */
  readonly counts: boolean;
  readonly alerts: Pick<
    WatchedAlerts,
    'rulesets' | 'openings' | 'today' | 'flags' | 'watchedPerDay' | 'withBudgets'
  >;
};

const shownAliases = 50;

/** What a process says of itself at a time. */
export function statusOf({ alerts, policy, counts, ...self }: Self, at: Date): ProcessStatus {
  return {
    ...self,
    seenAt: at.toISOString(),
    openings: alerts.openings().map(({ cause, reason, atMs, ruleset = null }) => ({
      cause,
      reason,
      since: new Date(atMs).toISOString(),
      ruleset,
    })),
    ...(counts ? countsOf(alerts, policy, at) : nothingCounted(at)),
  };
}

type Counts = Pick<ProcessStatus, 'compared' | 'today' | 'heldLastHour' | 'maxHeldPerHour'>;

function countsOf(alerts: Self['alerts'], policy: Policy, at: Date): Counts {
  const today = alerts.today(at);
  const usualWatched = alerts.watchedPerDay(at);
  const watched = Math.max(today.watched, usualWatched ?? 0);
  const budgets = alerts.withBudgets(policy, at);
  const budget = (name: 'tag' | 'quarantine') => ({
    used: today[name],
    allowed: flagsAllowed(budgets[name], watched),
  });
  return {
    compared: alerts.rulesets
      .watches()
      .map(({ ruleset, previous, judged, graver, heldOnly, isTrusted }) => ({
        ...{ ruleset, previous, judged, graver, heldOnly, isTrusted },
      })),
    today: {
      day: dayOf(at),
      watched: today.watched,
      usualWatched,
      tag: budget('tag'),
      quarantine: budget('quarantine'),
      aliases: busiest(alerts.flags.of(at).aliases),
    },
    heldLastHour: alerts.flags.heldLastHour(at),
    maxHeldPerHour: policy.quarantine.maxHeldPerHour,
  };
}

function nothingCounted(at: Date): Counts {
  const none = { used: 0, allowed: 0 };
  return {
    compared: [],
    today: {
      ...{ day: dayOf(at), watched: 0, usualWatched: null },
      ...{ tag: none, quarantine: none, aliases: [] },
    },
    heldLastHour: 0,
    maxHeldPerHour: 0,
  };
}

function busiest(aliases: ReadonlyMap<string, AliasFlags>): ProcessStatus['today']['aliases'] {
  return [...aliases]
    .map(([alias, counts]) => ({ alias, ...counts }))
    .sort((left, right) => right.tag - left.tag || right.watched - left.watched)
    .slice(0, shownAliases);
}
