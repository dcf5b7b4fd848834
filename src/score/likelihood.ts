import type { AttackCause, BenignCause, CauseTable, Chance } from './causes.ts';
import type { SignalReading } from './readings.ts';

/** How one explanation of the message fares: `bits` = log2 of prior times likelihood, `perSignal` the parts of it. */
export type Explanation<Cause> = {
  readonly cause: Cause;
  readonly bits: number;
  readonly perSignal: readonly number[];
};

export type Likelihood = {
  /** log2 of the likelihood ratio: all attack causes (each in every benign world) against all benign causes. */
  readonly bits: number;
  readonly attack: Explanation<{ readonly attack: AttackCause; readonly benign: BenignCause }>;
  readonly benign: Explanation<BenignCause>;
};

/**
 * Causes, not weights: signals are independent given the cause (detection 2.7). An attack is still a message of today's
 * world, so each attack cause is crossed with each benign one (measured C12): what a redesign explains cancels.
 */
export function compareCauses(readings: readonly SignalReading[], table: CauseTable): Likelihood {
  const priors = benignPriors(table.benign, readings);
  const benign = table.benign.map((cause, index) =>
    explain(
      cause,
      priors[index] ?? 0,
      readings.map((reading) => benignBits(reading, cause)),
    ),
  );
  const weights = table.attack.reduce((sum, cause) => sum + cause.weight, 0);
  const attack = table.attack.flatMap((cause) =>
    table.benign.map((world, index) =>
      explain(
        { attack: cause, benign: world },
        (cause.weight / weights) * (priors[index] ?? 0),
        readings.map((reading) => attackBits(reading, cause, world)),
      ),
    ),
  );
  return {
    bits: logSum(attack) - logSum(benign),
    attack: likeliest(attack),
    benign: likeliest(benign),
  };
}

function explain<Cause>(
  cause: Cause,
  prior: number,
  perSignal: readonly number[],
): Explanation<Cause> {
  return {
    cause,
    bits: Math.log2(prior) + perSignal.reduce((sum, bits) => sum + bits, 0),
    perSignal,
  };
}

function benignBits(reading: SignalReading, cause: BenignCause): number {
  return outcomeBits(
    reading,
    1 - (1 - chanceOf(cause.chances[reading.signal], reading.level)) * (1 - reading.rate),
  );
}

function attackBits(reading: SignalReading, cause: AttackCause, world: BenignCause): number {
  const attack = 1 - chanceOf(cause.chances[reading.signal], reading.level);
  const benign = 1 - chanceOf(world.chances[reading.signal], reading.level);
  return outcomeBits(reading, 1 - attack * benign * (1 - reading.rate));
}

function outcomeBits(reading: SignalReading, chance: number): number {
  const bounded = Math.min(0.999, Math.max(1e-6, chance));
  return Math.log2(reading.level > 0 ? bounded : 1 - bounded);
}

function chanceOf(chance: Chance | undefined, level: number): number {
  if (chance === undefined) return 0;
  if (typeof chance === 'number') return chance;
  return chance[Math.min(Math.max(level, 1), chance.length) - 1] ?? 0;
}

function benignPriors(
  causes: readonly BenignCause[],
  readings: readonly SignalReading[],
): readonly number[] {
  const rates = new Map(readings.map(({ signal, rate }) => [signal, rate]));
  const priors = causes.map(({ prior }) => {
    if (prior === null) return null;
    if (typeof prior === 'number') return prior;
    return Math.min(
      prior.atMost,
      prior.times * Math.max(0, ...prior.of.map((signal) => rates.get(signal) ?? 0)),
    );
  });
  const rest = 1 - priors.reduce<number>((sum, prior) => sum + (prior ?? 0), 0);
  return priors.map((prior) => prior ?? rest);
}

function logSum(explanations: readonly Explanation<unknown>[]): number {
  const greatest = Math.max(...explanations.map(({ bits }) => bits));
  return (
    greatest + Math.log2(explanations.reduce((sum, { bits }) => sum + 2 ** (bits - greatest), 0))
  );
}

function likeliest<Cause>(explanations: readonly Explanation<Cause>[]): Explanation<Cause> {
  return explanations.reduce((best, candidate) => (candidate.bits > best.bits ? candidate : best));
}
