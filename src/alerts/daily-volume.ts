import { dayOf } from '../baseline/ledger.ts';

/** Counts of one UTC day. */
export type DayCount = {
  /** Scored messages of watched aliases. */
  readonly watched: number;
  /** Campaigns that were tagged or worse, and those past the quarantine budget: an operator's alert is a campaign. */
  readonly tag: number;
  readonly quarantine: number;
};

export type DailyVolume = {
  /** Adds to the day and returns what it has now. */
  readonly add: (at: Date, counts: DayCount) => DayCount;
  /** Usual watched messages a day: median of the last whole days, at most 7; null before the first has passed. */
  readonly perDay: (at: Date) => number | null;
};

const keptDays = 8;
const none: DayCount = { watched: 0, tag: 0, quarantine: 0 };

/**
 * Volume of watched mail over the last days, kept in this process only: after a restart a whole day is counted first. The
 * median, so that one day's flood does not lower the chance per message on the days after it.
 */
export function createDailyVolume(): DailyVolume {
  const days = new Map<number, DayCount>();
  let firstDay: number | null = null;
  return {
    add: (at, counts) => {
      const day = dayOf(at);
      firstDay ??= day;
      const before = days.get(day) ?? none;
      const after = {
        watched: before.watched + counts.watched,
        tag: before.tag + counts.tag,
        quarantine: before.quarantine + counts.quarantine,
      };
      days.set(day, after);
      for (const old of days.keys()) if (Math.abs(day - old) >= keptDays) days.delete(old);
      return after;
    },
    perDay: (at) => {
      const today = dayOf(at);
      // The first day began before we did.
      const from = Math.max((firstDay ?? today) + 1, today - keptDays + 1);
      const whole: number[] = [];
      for (let day = from; day < today; day++) whole.push(days.get(day)?.watched ?? 0);
      const middle = whole.sort((left, right) => left - right)[Math.floor(whole.length / 2)];
      return middle === undefined ? null : Math.max(1, middle);
    },
  };
}
