import type { Alias } from '../alias/alias.ts';
import {
  advanceBreaker,
  closeBreaker,
  closedBreaker,
  type Breaker,
  type Opening,
} from '../decision/breaker.ts';
import { budgetUsed, withBudgets } from '../decision/budget.ts';
import type { Campaign } from '../decision/campaign.ts';
import { joinCampaign, type KnownCampaign } from '../decision/campaigns.ts';
import type { Policy } from '../decision/policy.ts';
import type { Events } from '../observability/events.ts';
import type { Score } from '../score/score.ts';
import { createBudgetVolumes } from './budget-volumes.ts';
import type { DayCount } from './daily-volume.ts';
import { createFlagsToday, type FlagsToday } from './flags-today.ts';
import {
  watchRulesets,
  type Compared,
  type RulesetWatches,
  type UnderRules,
} from './watch-rulesets.ts';

/** One scored message, before anything overrules its decision. */
export type Scored = {
  readonly alias: Pick<Alias, 'id' | 'vendor'>;
  readonly at: Date;
  readonly score: { readonly terms: readonly Pick<Score['terms'][number], 'signal'>[] };
  readonly hourMessages: number;
  readonly verdict: string;
  /** What it shares with its copies; null where it is not flagged. */
  readonly campaign: Campaign | null;
  /** With budgets as they come to. */
  readonly policy: Pick<Policy, 'breaker' | 'tag' | 'quarantine'>;
  /** Version of the rules, and what the set before them makes of it. */
  readonly ruleset: string;
  readonly compared: Compared | null;
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
  /** Counts a message that is to be held, and says whether it may be: false past the policy's bound of an hour. */
  readonly hold: (at: Date, maxHeldPerHour: number | null) => boolean;
  /** Counts a message that claims an alias and is not scored, and says why its rules only tag, or null. */
  readonly noteClaim: (
    claim: UnderRules,
    policy: Pick<Policy['breaker'], 'enabled'>,
  ) => string | null;
};

/** What the alerts of a server can be asked by those who show it, and told by those who decide. */
export type WatchedAlerts = Alerts & {
  readonly rulesets: Pick<RulesetWatches, 'obey' | 'follow' | 'watches'>;
  /** Why mail is only tagged. */
  readonly openings: () => readonly Opening[];
  readonly today: (at: Date) => DayCount;
  readonly flags: Pick<FlagsToday, 'of' | 'heldLastHour'>;
};

const nothing: DayCount = { watched: 0, tag: 0, quarantine: 0 };

const noLimits: Policy['limits'] = { alias: null, actor: null, newActor: null };

/** For messages that nobody waits for: they stand alone, count for nothing, and no ceiling holds for an archive. */
export const noAlerts: Alerts = {
  withBudgets: (policy) => withoutLimits(withBudgets(policy, () => null)),
  watchedPerDay: () => null,
  note: ({ campaign }) => ({ campaign: campaign?.id ?? null, isCopy: false, openBecause: null }),
  closeBreaker: () => undefined,
  hold: () => true,
  noteClaim: () => null,
};

function withoutLimits(policy: Policy): Policy {
  const overrides = policy.overrides.map((override) => ({
    ...override,
    set: { ...override.set, limits: {} },
  }));
  return { ...policy, limits: noLimits, overrides };
}

/** One of these for all mail of a server: one alert a campaign, budgets by the day, and the breaker. */
export function createAlerts(
  events: Pick<Events, 'campaignSeen' | 'breakerOpened' | 'breakerClosed' | 'budgetUsed'>,
): WatchedAlerts {
  const volumes = createBudgetVolumes();
  let campaigns: readonly KnownCampaign[] = [];
  let breaker: Breaker = closedBreaker;
  const rulesets = watchRulesets(events);
  const flags = createFlagsToday();

  const become = (next: Breaker) => {
    const before = breaker.open;
    breaker = next;
    if (before === null && next.open !== null) events.breakerOpened(next.open);
    if (before !== null && next.open === null) events.breakerClosed(before.cause);
  };
  const join = (campaign: Campaign, { alias, at }: Scored) => {
    const sighting = { campaign, alias: alias.id, atMs: at.getTime() };
    const { known, ...seen } = joinCampaign(campaigns, sighting);
    campaigns = known;
    events.campaignSeen(seen, alias.id);
    return seen;
  };
  return {
    withBudgets: (policy, at) =>
      withBudgets(policy, (budget, scope) => volumes.of(budget, scope).perDay(at)),
    watchedPerDay: (at) => volumes.of('tag', null).perDay(at),
    closeBreaker: () => become(closeBreaker(breaker)),
    hold: flags.hold,
    noteClaim: (claim, policy) => rulesets.note(claim, policy)?.reason ?? null,
    rulesets,
    flags,
    openings: () =>
      [breaker.open, rulesets.byHand(), ...rulesets.watches().map(({ open }) => open)].filter(
        (open) => open !== null,
      ),
    today: (at) => {
      const of = (budget: 'tag' | 'quarantine') => volumes.of(budget, null).add(at, nothing);
      return { ...of('tag'), quarantine: of('quarantine').quarantine };
    },
    note: (scored) => {
      const { campaign, policy, at, verdict, ruleset, compared } = scored;
      const seen = campaign === null ? null : join(campaign, scored);
      become(
        advanceBreaker(breaker, eventOf(scored), { ...policy.breaker, budget: policy.tag.budget }),
      );
      const rulesOpen = rulesets.note({ ruleset, atMs: at.getTime(), compared }, policy.breaker);
      const isFirst = seen?.isFirst === true;
      const counts = {
        watched: 1,
        tag: isFirst ? 1 : 0,
        quarantine: isFirst && verdict === 'anomalous' ? 1 : 0,
      };
      flags.add(at, scored.alias.id, counts);
      for (const budget of ['tag', 'quarantine'] as const) {
        const { scope } = policy[budget];
        const volume = volumes.of(budget, scope);
        const today = volume.add(at, counts);
        const watched = Math.max(today.watched, volume.perDay(at) ?? 0);
        // Of budgets that overrides set there may be hundreds.
        if (scope === null)
          events.budgetUsed(budget, budgetUsed(today[budget], policy[budget], watched));
      }
      return {
        campaign: seen?.joined.id ?? null,
        isCopy: seen?.isFirst === false,
        openBecause: (breaker.open ?? rulesOpen)?.reason ?? null,
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
