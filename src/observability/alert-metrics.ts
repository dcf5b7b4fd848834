import type { Registry } from 'prom-client';
import { breakerCauses } from '../decision/breaker.ts';
import { limitKinds, type Action } from '../decision/policy.ts';
import { counter, gauge } from './instruments.ts';

export const budgets = ['tag', 'quarantine'] as const;
export type BudgetName = (typeof budgets)[number];

/** A flood must not fill the log as well. */
const capSaidEveryMs = 60_000;

/** What operators are woken by. */
export function alertMetrics(registry: Registry, actions: readonly Action[]) {
  const metrics = {
    /** `action` is what the mode did. */
    limitExceeded: counter(
      registry,
      'limit_exceeded_total',
      'Messages past a ceiling per hour (limits), by what the mode did with them',
      'limit',
      'action',
    ),
    budgetUsed: gauge(
      registry,
      'budget_used_ratio',
      'Campaigns flagged today (UTC) of those that the budget allows',
      'budget',
    ),
    campaigns: counter(registry, 'campaigns_total', 'Flagged campaigns', 'alias'),
    campaignMessages: counter(
      registry,
      'campaign_messages_total',
      'Flagged messages, each of a campaign',
      'alias',
    ),
    breakerOpen: gauge(
      registry,
      'breaker_open',
      '1 while mail is only tagged because something of ours seems broken',
      'cause',
    ),
    breakerOpened: counter(
      registry,
      'breaker_opened_total',
      'Times that the breaker opened',
      'cause',
    ),
  };
  const holdsCapped = counter(
    registry,
    'holds_capped_total',
    'Messages tagged instead of held, since quarantine.maxHeldPerHour was reached',
  );
  let [saidAtMs, unsaid] = [-Infinity, 0];
  for (const limit of limitKinds)
    for (const action of actions) metrics.limitExceeded.inc({ limit, action }, 0);
  for (const budget of budgets) metrics.budgetUsed.set({ budget }, 0);
  for (const cause of breakerCauses) {
    metrics.breakerOpen.set({ cause }, 0);
    metrics.breakerOpened.inc({ cause }, 0);
  }
  return {
    ...metrics,
    /** Counts a message, and says how many were capped since that was last said; null where that was a minute ago or less. */
    holdCapped: (atMs: number): number | null => {
      holdsCapped.inc();
      unsaid++;
      if (atMs - saidAtMs < capSaidEveryMs) return null;
      const messages = unsaid;
      [saidAtMs, unsaid] = [atMs, 0];
      return messages;
    },
    /** Makes the series of an alias exist. */
    startCampaigns: (alias: string) => {
      metrics.campaigns.inc({ alias }, 0);
      metrics.campaignMessages.inc({ alias }, 0);
    },
  };
}
