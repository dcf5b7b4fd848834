import {
  betaBinomialGrid,
  likeliestPrior,
  type BetaBinomialGrid,
  type Tally,
} from './beta-binomial-grid.ts';
import type { BetaComponent } from './beta-mixture.ts';

export type FittedPrior = {
  readonly components: readonly BetaComponent[];
  /** Aliases, messages (after the cap) and events that it rests on. */
  readonly aliases: number;
  readonly trials: number;
  readonly events: number;
};

/** Below this the shipped prior is better informed than any fit. */
export const leastAliases = 8;

/** A busy alias is one alias: its messages beyond these say nothing of the next alias (measured C2). */
const mostTrials = 300;

/** Shares of the rarer kind of alias from which the search for two kinds starts, and how long it goes on. */
const starts = [0.1, 0.3, 0.5, 0.7, 0.9];
const mostRounds = 60;

/** Likelihood, in nats, that a round must bring: less changes no decision. */
const leastGain = 1e-3;

/**
 * Prior of a rate over aliases: maximum likelihood of one or of two Beta components, whichever the Bayesian information
 * criterion prefers (Schwarz 1978). Null for fewer than 8 aliases. Two things keep it from claiming more than was seen:
 * no component has a mean below one event in all the messages of the aliases that never had one, and one more alias
 * with one event stands for those not seen yet (Laplace's rule of succession, over aliases).
 */
export function fitPrior(tallies: readonly Tally[]): FittedPrior | null {
  const asked = tallies.filter(({ trials }) => trials > 0).map(capped);
  if (asked.length < leastAliases) return null;
  const sum = (pick: (tally: Tally) => number) =>
    asked.reduce((total, tally) => total + pick(tally), 0);
  const trials = sum((tally) => tally.trials);
  const silent = sum((tally) => (tally.events === 0 ? tally.trials : 0));
  const unseen = { events: 1, trials: Math.max(1, Math.round(trials / asked.length)) };
  const grid = betaBinomialGrid([...asked, unseen], 1 / (silent > 0 ? silent : trials));
  const one = fitOf(grid, [{ prior: likeliestPrior(grid, grid.counts), weight: 1 }]);
  const two = bestPair(grid);
  const isPair =
    5 * Math.log(asked.length) - 2 * two.lnLikelihood <
    2 * Math.log(asked.length) - 2 * one.lnLikelihood;
  return {
    components: (isPair ? two : one).components,
    aliases: asked.length,
    trials: Math.round(trials),
    events: Math.round(sum(({ events }) => events)),
  };
}

function capped({ events, trials }: Tally): Tally {
  const seen = Math.max(0, Math.min(events, trials));
  return trials <= mostTrials
    ? { events: seen, trials }
    : { events: (seen * mostTrials) / trials, trials: mostTrials };
}

/** A kind of alias: a prior of the grid, and the share of aliases it is for. */
type Kind = { readonly prior: number; readonly weight: number };

type Fit = { readonly components: readonly BetaComponent[]; readonly lnLikelihood: number };

/** Expectation–maximization (Dempster, Laird and Rubin 1977) over the grid, from several splits into rare and frequent. */
function bestPair(grid: BetaBinomialGrid): Fit {
  const [first, ...others] = starts.map((share) =>
    fitOf(grid, improve(grid, splitAt(grid, share))),
  );
  return others.reduce(
    (best, fit) => (fit.lnLikelihood > best.lnLikelihood ? fit : best),
    first ?? fitOf(grid, [{ prior: 0, weight: 1 }]),
  );
}

/** The first `share` of the aliases, by how rare the signal is on them, are one kind. */
function splitAt(grid: BetaBinomialGrid, share: number): readonly Kind[] {
  const { tallies, counts } = grid;
  const order = tallies
    .map(({ events, trials }, column) => ({ column, rate: (events + 0.2) / (trials + 10) }))
    .sort((left, right) => left.rate - right.rate);
  const rare = new Float64Array(counts.length);
  let left = share * total(counts);
  for (const { column } of order) {
    const count = counts[column] ?? 0;
    rare[column] = Math.min(count, Math.max(0, left));
    left -= count;
  }
  const frequent = counts.map((count, column) => count - (rare[column] ?? 0));
  return [
    { prior: likeliestPrior(grid, rare), weight: share },
    { prior: likeliestPrior(grid, frequent), weight: 1 - share },
  ];
}

function improve(grid: BetaBinomialGrid, start: readonly Kind[]): readonly Kind[] {
  let kinds = start;
  let reached = -Infinity;
  for (let round = 0; round < mostRounds; round++) {
    const { members, lnLikelihood } = assign(grid, kinds);
    if (lnLikelihood - reached < leastGain) return kinds;
    reached = lnLikelihood;
    kinds = members.map((weights) => ({
      prior: likeliestPrior(grid, weights),
      weight: Math.max(1e-3, total(weights) / total(grid.counts)),
    }));
  }
  return kinds;
}

/** How many aliases of each tally belong to each kind, and how likely all tallies are. */
function assign(
  { lnLikelihoods, counts }: BetaBinomialGrid,
  kinds: readonly Kind[],
): { readonly members: readonly Float64Array[]; readonly lnLikelihood: number } {
  const members = kinds.map(() => new Float64Array(counts.length));
  let lnLikelihood = 0;
  for (const [column, count] of counts.entries()) {
    const terms = kinds.map(
      ({ prior, weight }) => Math.log(weight) + (lnLikelihoods[prior]?.[column] ?? 0),
    );
    const largest = Math.max(...terms);
    const sum = terms.reduce((all, term) => all + Math.exp(term - largest), 0);
    lnLikelihood += count * (largest + Math.log(sum));
    for (const [kind, weights] of members.entries())
      weights[column] = (count * Math.exp((terms[kind] ?? 0) - largest)) / sum;
  }
  return { members, lnLikelihood };
}

/** Rarer kind first; weights in hundredths, which is more than some dozens of aliases can tell. */
function fitOf(grid: BetaBinomialGrid, kinds: readonly Kind[]): Fit {
  const all = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const components = kinds
    .map(({ prior, weight }) => ({
      weight: Math.max(0.01, Math.round((100 * weight) / all) / 100),
      a: grid.priors[prior]?.a ?? 1,
      b: grid.priors[prior]?.b ?? 1,
    }))
    .sort((left, right) => left.a / (left.a + left.b) - right.a / (right.a + right.b));
  return { components, lnLikelihood: assign(grid, kinds).lnLikelihood };
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
