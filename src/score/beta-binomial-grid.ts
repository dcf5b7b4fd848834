import { lnBeta } from './beta-function.ts';

/** How often a signal was an event on one alias. */
export type Tally = { readonly events: number; readonly trials: number };

/** Likelihood of every distinct tally under every Beta prior of the grid. */
export type BetaBinomialGrid = {
  readonly priors: readonly { readonly a: number; readonly b: number }[];
  readonly tallies: readonly Tally[];
  /** How many aliases have each of the tallies. */
  readonly counts: Float64Array;
  /** Natural logarithms, a row per prior and a column per tally. */
  readonly lnLikelihoods: readonly Float64Array[];
};

/** The grid bounds the fit as well: no stronger claim than b = 200 comes of a few dozen aliases. */
const steps = {
  a: [0.005, 0.01, 0.02, 0.035, 0.06, 0.1, 0.16, 0.25, 0.4, 0.6, 1, 1.6, 2.5, 4, 6, 10, 16, 25],
  b: [0.2, 0.35, 0.6, 1, 1.6, 2.5, 4, 6, 9, 13, 18, 25, 35, 50, 70, 100, 140, 200],
};

/** Priors with a mean of at least `leastMean`; equal tallies are one column. */
export function betaBinomialGrid(tallies: readonly Tally[], leastMean: number): BetaBinomialGrid {
  const distinct = new Map<string, { tally: Tally; count: number }>();
  for (const tally of tallies) {
    const key = `${tally.events}/${tally.trials}`;
    const known = distinct.get(key);
    if (known) known.count++;
    else distinct.set(key, { tally, count: 1 });
  }
  const columns = [...distinct.values()];
  const priors = steps.a
    .flatMap((a) => steps.b.map((b) => ({ a, b })))
    .filter(({ a, b }) => a / (a + b) >= leastMean);
  return {
    priors,
    tallies: columns.map(({ tally }) => tally),
    counts: Float64Array.from(columns, ({ count }) => count),
    lnLikelihoods: priors.map(({ a, b }) => {
      const lnPrior = lnBeta(a, b);
      return Float64Array.from(
        columns,
        ({ tally: { events, trials } }) => lnBeta(events + a, trials - events + b) - lnPrior,
      );
    }),
  };
}

/** Index of the prior under which the tallies, each counted `weights` times, are likeliest. */
export function likeliestPrior(
  { lnLikelihoods }: Pick<BetaBinomialGrid, 'lnLikelihoods'>,
  weights: Float64Array,
): number {
  let best = 0;
  let bestSum = -Infinity;
  for (const [index, row] of lnLikelihoods.entries()) {
    let sum = 0;
    for (let column = 0; column < weights.length; column++)
      sum += (weights[column] ?? 0) * (row[column] ?? 0);
    if (sum > bestSum) {
      best = index;
      bestSum = sum;
    }
  }
  return best;
}
