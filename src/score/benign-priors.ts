import type { BenignCause, LearnedPrior } from './causes.ts';
import type { SignalReading } from './readings.ts';
import type { WorldRates } from './world-rates.ts';

/** How likely each benign cause is around this message; `steady`, whose prior is null, takes what the others leave. */
export function benignPriors(
  causes: readonly BenignCause[],
  readings: readonly SignalReading[],
  learned: WorldRates,
): readonly number[] {
  const rateOf = (signal: SignalReading['signal']) =>
    readings.find((reading) => reading.signal === signal)?.rate ?? 0;
  const priors = causes.map(({ prior }) => {
    if (prior === null) return null;
    if (typeof prior === 'number') return prior;
    if ('from' in prior) return learnedPriorOf(prior, learned);
    return Math.min(prior.atMost, prior.times * Math.max(0, ...prior.of.map(rateOf)));
  });
  const rest = 1 - priors.reduce<number>((sum, prior) => sum + (prior ?? 0), 0);
  return priors.map((prior) => prior ?? rest);
}

function learnedPriorOf(prior: LearnedPrior, { forwarded, redesign }: WorldRates): number {
  const rate = prior.from === 'forwarder' ? forwarded : prior.base * redesign;
  return Math.min(prior.atMost, rate);
}
