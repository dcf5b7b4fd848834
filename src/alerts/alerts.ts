import type { Alias } from '../alias/alias.ts';
import { advanceBreaker, closeBreaker, closedBreaker, type Breaker } from '../decision/breaker.ts';
import { budgetUsed, withBudgets } from '../decision/budget.ts';
import type { Campaign } from '../decision/campaign.ts';
import { joinCampaign, type KnownCampaign } from '../decision/campaigns.ts';
import type { Policy } from '../decision/policy.ts';
import type { Events } from '../observability/events.ts';
import type { Score } from '../score/score.ts';
import { createDailyVolume } from './daily-volume.ts';

/** One scored message, before anything overrules its decision. */
export type Scored = {
  readonly alias: Alias;
  readonly at: Date;
  readonly score: Score;
  readonly hourMessages: number;
  readonly verdict: string;
  /** What it shares with its copies; null where it is not flagged. */
  readonly campaign: Campaign | null;
  /** With budgets as they come to. */
  readonly policy: Policy;
};

export type Standing = {
  /** Id of the campaign that the message belongs to, or null. */
  readonly campaign: string | null;
  /** Another message of that campaign came before it. */
  readonly isCopy: boolean;
  /** Why the breaker is open, or null. */
  readonly openBecause: string | null;
};

/** What no message knows of itself: the flags around it. Kept in this process; a restart begins anew. */
export type Alerts = {
  /** The policy with the chance per message that alerts a day come to now. */
  readonly withBudgets: (policy: Policy, at: Date) => Policy;
  /** The usual volume that they come to, or null (`DailyVolume.perDay`). */
  readonly watchedPerDay: (at: Date) => number | null;
  /** Counts a scored message and says what it belongs to. */
  readonly note: (scored: Scored) => Standing;
  /** By hand, before the quiet time is over. */
  readonly closeBreaker: () => void;
};

const noLimits: Policy['limits'] = { alias: null, actor: null, newActor: null, aliases: {} };

/** For messages that nobody waits for: they stand alone, count for nothing, and no ceiling holds for an archive. */
export const noAlerts: Alerts = {
  withBudgets: (policy) => ({ ...withBudgets(policy, null), limits: noLimits }),
  watchedPerDay: () => null,
  note: ({ campaign }) => ({ campaign: campaign?.id ?? null, isCopy: false, openBecause: null }),
  closeBreaker: () => undefined,
};

/** One of these for all mail of a server: one alert a campaign, budgets by the day, and the breaker. */
export function createAlerts(
  events: Pick<Events, 'campaignSeen' | 'breakerOpened' | 'breakerClosed' | 'budgetUsed'>,
): Alerts {
  const volume = createDailyVolume();
  let campaigns: readonly KnownCampaign[] = [];
  let breaker: Breaker = closedBreaker;

  const become = (next: Breaker) => {
    const before = breaker.open;
    breaker = next;
    if (before === null && next.open !== null) events.breakerOpened(next.open);
    if (before !== null && next.open === null) events.breakerClosed();
  };
  const join = (campaign: Campaign, { alias, at }: Scored) => {
    const sighting = { campaign, alias: alias.id, atMs: at.getTime() };
    const { known, ...seen } = joinCampaign(campaigns, sighting);
    campaigns = known;
    events.campaignSeen(seen, alias.id);
    return seen;
  };
  return {
    withBudgets: (policy, at) => withBudgets(policy, volume.perDay(at)),
    watchedPerDay: volume.perDay,
    closeBreaker: () => become(closeBreaker(breaker)),
    note: (scored) => {
      const { campaign, policy, at, verdict } = scored;
      const seen = campaign === null ? null : join(campaign, scored);
      become(
        advanceBreaker(breaker, eventOf(scored), { ...policy.breaker, budget: policy.tag.budget }),
      );
      const isFirst = seen?.isFirst === true;
      const today = volume.add(at, {
        watched: 1,
        tag: isFirst ? 1 : 0,
        quarantine: isFirst && verdict === 'anomalous' ? 1 : 0,
      });
      const watched = Math.max(today.watched, volume.perDay(at) ?? 0);
      for (const budget of ['tag', 'quarantine'] as const)
        events.budgetUsed(budget, budgetUsed(today[budget], policy[budget], watched));
      return {
        campaign: seen?.joined.id ?? null,
        isCopy: seen?.isFirst === false,
        openBecause: breaker.open?.reason ?? null,
      };
    },
  };
}

function eventOf({ alias, at, score, hourMessages, campaign }: Scored) {
  const [leading] = score.terms;
  return {
    atMs: at.getTime(),
    alias: alias.id,
    vendor: alias.vendor,
    hourMessages,
    flag: campaign === null ? null : { signal: leading?.signal ?? 'prior', keys: campaign.keys },
  };
}
