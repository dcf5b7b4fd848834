import { hourOf } from '../baseline/ledger.ts';
import type { CompletedTransaction } from '../observability/events.ts';
import type { HourTraffic } from './sources.ts';

export type RecentTraffic = {
  /** `messages` of the same kind; one when absent. */
  readonly count: (
    decision: Pick<CompletedTransaction['decision'], 'verdict' | 'effectiveAction'>,
    messages?: number,
  ) => void;
  readonly hours: () => readonly HourTraffic[];
};

type Counts = {
  readonly verdicts: Map<string, number>;
  readonly actions: Map<string, number>;
};

const keptHours = 48;

/** Messages of this process, or of those that tell it, by UTC hour, for the overview: Prometheus has the long view. */
export function createRecentTraffic(now: () => Date): RecentTraffic {
  const hours = new Map<number, Counts>();
  const forget = () => {
    const oldest = hourOf(now()) - keptHours + 1;
    for (const hour of hours.keys()) if (hour < oldest) hours.delete(hour);
  };
  return {
    count: ({ verdict, effectiveAction }, messages = 1) => {
      forget();
      const hour = hourOf(now());
      const counts: Counts = hours.get(hour) ?? { verdicts: new Map(), actions: new Map() };
      hours.set(hour, counts);
      increase(counts.verdicts, verdict, messages);
      increase(counts.actions, effectiveAction, messages);
    },
    hours: () => {
      forget();
      return [...hours]
        .sort(([left], [right]) => left - right)
        .map(([hour, { verdicts, actions }]) => ({
          hour: new Date(hour * 3_600_000).toISOString(),
          verdicts: Object.fromEntries(verdicts),
          actions: Object.fromEntries(actions),
        }));
    },
  };
}

function increase(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
