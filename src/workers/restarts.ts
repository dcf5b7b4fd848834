/** How a worker process ended that nobody had asked to. */
export type Ending = {
  /** How long it took mail; null where it never did. */
  readonly servedMs: number | null;
  /** It was asked to end by somebody else, and did so in order. */
  readonly isOrderly: boolean;
};

export type NextStart =
  | { readonly kind: 'restart'; readonly afterMs: number; readonly earlyEnds: number }
  /** It ends again and again as soon as it has begun. */
  | { readonly kind: 'give-up' };

/** Whoever served so long was well: what ended it does not end the next one at once. */
const provenMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 5000;
const mostEarlyEnds = 8;

/** When to start it again, after so many endings of the same worker in a row that came early. */
export function nextStart(earlyEnds: number, { servedMs, isOrderly }: Ending): NextStart {
  if (isOrderly || (servedMs ?? 0) >= provenMs)
    return { kind: 'restart', afterMs: firstPauseMs, earlyEnds: 0 };
  if (earlyEnds + 1 >= mostEarlyEnds) return { kind: 'give-up' };
  const afterMs = Math.min(firstPauseMs * 2 ** earlyEnds, longestPauseMs);
  return { kind: 'restart', afterMs, earlyEnds: earlyEnds + 1 };
}
