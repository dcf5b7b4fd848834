import { lnBeta } from './beta-function.ts';

/** One kind of alias: the share of aliases that are of it, and how their rates are spread. */
export type BetaComponent = { readonly weight: number; readonly a: number; readonly b: number };

/**
 * Prior of a rate over aliases, as a mixture of Beta distributions. Aliases are either closed for a signal or open for
 * it: one Beta cannot say so, and its mean falls only as 1/n however long a closed alias stays silent.
 */
export type BetaMixture = readonly (BetaComponent & {
  /** ln(weight / B(a, b)): what a message need not compute again. */
  readonly lnScale: number;
})[];

/** Weights are shares: they are divided by their sum. */
export function betaMixture(components: readonly BetaComponent[]): BetaMixture {
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  return components.map(({ weight, a, b }) => ({
    weight: weight / total,
    a,
    b,
    lnScale: Math.log(weight / total) - lnBeta(a, b),
  }));
}

/**
 * Mean of the rate after `events` in `trials` (either may be a fraction): each component's (events + a) / (trials + a + b),
 * weighed by how well it foretold them, the beta-binomial likelihood.
 */
export function posteriorMean(mixture: BetaMixture, events: number, trials: number): number {
  const failures = Math.max(0, trials - events);
  // With one kind of alias there is nothing to weigh; it is the usual case and runs for every signal of every message.
  const [only] = mixture;
  if (mixture.length === 1 && only)
    return (events + only.a) / (events + failures + only.a + only.b);
  let largest = -Infinity;
  let weights = 0;
  let rates = 0;
  for (const { a, b, lnScale } of mixture) {
    const lnWeight = lnScale + lnBeta(events + a, failures + b);
    if (lnWeight > largest) {
      const shrink = Math.exp(largest - lnWeight);
      weights *= shrink;
      rates *= shrink;
      largest = lnWeight;
    }
    const weight = Math.exp(lnWeight - largest);
    weights += weight;
    rates += (weight * (events + a)) / (events + failures + a + b);
  }
  return rates / weights;
}
