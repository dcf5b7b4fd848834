import { dayOf } from '../../baseline/ledger.ts';
import type { ProcessStatus } from '../../live/process-status.ts';

const dayMs = 86_400_000;
const shownAliases = 20;
/** Of a day's first minutes nothing can be told. */
const leastShare = 1 / 24;

export type BudgetUse = {
  /** Campaigns flagged today (UTC). */
  readonly used: number;
  readonly allowed: number;
  /** By the end of the day, if it goes on like this; null in its first hour. */
  readonly projected: number | null;
};

/** What all processes counted today, since they started. */
export type BudgetsToday = {
  readonly watched: number;
  readonly tag: BudgetUse;
  readonly quarantine: BudgetUse;
  /** Those with most flags first. */
  readonly aliases: readonly {
    readonly alias: string;
    readonly watched: number;
    readonly tag: number;
    readonly quarantine: number;
  }[];
};

export function budgetsToday(processes: readonly ProcessStatus[], at: Date): BudgetsToday {
  const today = processes.map((process) => process.today).filter(({ day }) => day === dayOf(at));
  const share = (at.getTime() % dayMs) / dayMs;
  const use = (name: 'tag' | 'quarantine'): BudgetUse => {
    const used = today.reduce((sum, counts) => sum + counts[name].used, 0);
    // Alerts a day are of the installation; shares of the mail of each process add up.
    const allowed = today.reduce((sum, counts) => sum + counts[name].allowed, 0);
    return { used, allowed, projected: share < leastShare ? null : used / share };
  };
  const aliases = new Map<string, BudgetsToday['aliases'][number]>();
  for (const counts of today.flatMap((one) => one.aliases)) {
    const { alias } = counts;
    const before = aliases.get(alias) ?? { alias, watched: 0, tag: 0, quarantine: 0 };
    aliases.set(alias, {
      alias,
      watched: before.watched + counts.watched,
      tag: before.tag + counts.tag,
      quarantine: before.quarantine + counts.quarantine,
    });
  }
  return {
    watched: today.reduce((sum, { watched }) => sum + watched, 0),
    tag: use('tag'),
    quarantine: use('quarantine'),
    aliases: [...aliases.values()]
      .sort((left, right) => right.tag - left.tag || right.watched - left.watched)
      .slice(0, shownAliases),
  };
}
