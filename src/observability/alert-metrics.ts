import type { Registry } from 'prom-client';
import { breakerCauses } from '../decision/breaker.ts';
import { limitKinds, type Action } from '../decision/policy.ts';
import { counter, gauge } from './instruments.ts';

export const budgets = ['tag', 'quarantine'] as const;
export type BudgetName = (typeof budgets)[number];

/** What operators are woken by. */
export function alertMetrics(registry: Registry, actions: readonly Action[]) {
  const metrics = {
    /** `action` is what the mode did. */
    limitExceeded: counter(
      registry,
      'limit_exceeded_total',
      'Messages past a ceiling per hour',
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
    holdsCapped: counter(
      registry,
      'holds_capped_total',
      'Messages tagged instead of held, since quarantine.maxHeldPerHour was reached',
    ),
    breakerOpened: counter(registry, 'breaker_opened_total', 'Times it opened', 'cause'),
  };
  for (const limit of limitKinds)
    for (const action of actions) metrics.limitExceeded.inc({ limit, action }, 0);
  for (const budget of budgets) metrics.budgetUsed.set({ budget }, 0);
  for (const cause of breakerCauses) {
    metrics.breakerOpen.set({ cause }, 0);
    metrics.breakerOpened.inc({ cause }, 0);
  }
  return {
    ...metrics,
    /** Makes the series of an alias exist. */
    startCampaigns: (alias: string) => {
      metrics.campaigns.inc({ alias }, 0);
      metrics.campaignMessages.inc({ alias }, 0);
    },
  };
}
