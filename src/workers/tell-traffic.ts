import type { CompletedTransaction } from '../observability/events.ts';
import type { TrafficCount } from './messages.ts';

export type TrafficTeller = Disposable & {
  readonly count: (decision: CompletedTransaction['decision']) => void;
};

const usuallyEveryMs = 500;

/** Counts messages, and says now and then what came together; the rest when disposed of. */
export function tellTraffic(
  tell: (counts: readonly TrafficCount[]) => void,
  everyMs = usuallyEveryMs,
): TrafficTeller {
  const counts = new Map<string, TrafficCount>();
  const say = () => {
    if (counts.size === 0) return;
    tell([...counts.values()]);
    counts.clear();
  };
  const timer = setInterval(say, everyMs).unref();
  return {
    count: ({ verdict, effectiveAction: action }) => {
      const name = `${verdict} ${action}`;
      const { messages } = counts.get(name) ?? { messages: 0 };
      counts.set(name, { verdict, action, messages: messages + 1 });
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      say();
    },
  };
}
