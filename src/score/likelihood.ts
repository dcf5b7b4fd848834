import type { AttackCause, BenignCause, CauseTable, Chance, LearnedPrior } from './causes.ts';
import type { SignalReading } from './readings.ts';
import { unknownRates, type WorldRates } from './world-rates.ts';

/** How one explanation of the message fares: `bits` = log2 of its prior times the likelihood of every reading. */
export type Explanation<Cause> = {
  readonly cause: Cause;
  readonly bits: number;
  /** Chance that the explanation does *not* bring each reading about; same order as the readings. */
  readonly absence: readonly number[];
};

/** What may be going on around an honest message: nothing in particular, one benign cause, or two at once. */
export type World = { readonly causes: readonly BenignCause[]; readonly prior: number };

export type Likelihood = {
  /** log2 of the likelihood ratio: all attack causes (each in every world) against all worlds without one. */
  readonly bits: number;
  readonly attack: Explanation<{ readonly attack: AttackCause; readonly world: World }>;
  /** The world of that attack, without it: what the attack adds is the difference. */
  readonly twin: Explanation<World>;
  readonly benign: Explanation<World>;
};

/**
 * Causes, not weights: signals are independent given the cause (detection 2.7). An attack is still a message of today's
 * world, so each attack cause is crossed with each world (measured C12): what a redesign explains cancels.
 */
export function compareCauses(
  readings: readonly SignalReading[],
  table: CauseTable,
  rates: WorldRates = unknownRates,
): Likelihood {
  const benign = worldsOf(table.benign, readings, rates).map((world): Explanation<World> => {
    const absence = readings.map(
      (reading) => absenceUnder(reading, world.causes) * (1 - reading.rate),
    );
    return {
      cause: world,
      bits: Math.log2(world.prior * likelihoodOf(readings, absence)),
      absence,
    };
  });
  const weights = table.attack.reduce((sum, cause) => sum + cause.weight, 0);
  const attacks = table.attack.flatMap((attack) => {
    const without = readings.map((reading) => absenceUnder(reading, [attack]));
    return benign.map((twin) => {
      const prior = (attack.weight / weights) * twin.cause.prior;
      const bits = Math.log2(prior * likelihoodOf(readings, twin.absence, without));
      return { attack, without, twin, bits };
    });
  });
  const best = likeliest(attacks);
  const attack = {
    cause: { attack: best.attack, world: best.twin.cause },
    bits: best.bits,
    absence: best.twin.absence.map((chance, index) => chance * (best.without[index] ?? 1)),
  };
  return {
    bits: logSum(attacks) - logSum(benign),
    attack,
    twin: best.twin,
    benign: likeliest(benign),
  };
}

/** What each reading adds to an explanation, in bits. */
export function bitsPerReading(
  readings: readonly SignalReading[],
  { absence }: Explanation<unknown>,
): readonly number[] {
  return readings.map((reading, index) => Math.log2(outcome(reading, absence[index] ?? 1)));
}

/**
 * Benign causes do not wait for one another: in the week of a redesign and on a billing day, mail is forwarded too. They
 * are independent, so two at once are as likely as the product of their priors; three are left out as too rare.
 */
function worldsOf(
  causes: readonly BenignCause[],
  readings: readonly SignalReading[],
  learned: WorldRates,
): readonly World[] {
  const priors = benignPriors(causes, readings, learned);
  const singles = causes.map((cause, index): World => ({
    causes: [cause],
    prior: priors[index] ?? 0,
  }));
  const particular = singles.filter((_, index) => causes[index]?.prior !== null);
  const pairs = particular.flatMap((left, index) =>
    particular.slice(index + 1).map((right): World => ({
      causes: [...left.causes, ...right.causes],
      prior: left.prior * right.prior,
    })),
  );
  return [...singles, ...pairs];
}

/**
 * Likelihood of all readings, given the chance that nothing brings each of them about, in one world and under one attack.
 * A loop and one product: some 700 explanations of 30 readings a message. 30 times 1e-6 is far from underflow.
 */
function likelihoodOf(
  readings: readonly SignalReading[],
  inWorld: readonly number[],
  underAttack?: readonly number[],
): number {
  let product = 1;
  let index = 0;
  for (const reading of readings) {
    product *= outcome(reading, (inWorld[index] ?? 1) * (underAttack?.[index] ?? 1));
    index += 1;
  }
  return product;
}

/** Chance that none of the causes brings the signal about. */
function absenceUnder(
  { signal, level }: SignalReading,
  causes: readonly (AttackCause | BenignCause)[],
): number {
  return causes.reduce((chance, { chances }) => chance * (1 - chanceOf(chances[signal], level)), 1);
}

/** Likelihood of what was read, given the chance that nothing brings it about; never 0 or 1, since tables are guesses. */
function outcome({ level }: SignalReading, absence: number): number {
  const presence = Math.min(0.999, Math.max(1e-6, 1 - absence));
  return level > 0 ? presence : 1 - presence;
}

function chanceOf(chance: Chance | undefined, level: number): number {
  if (chance === undefined) return 0;
  if (typeof chance === 'number') return chance;
  return chance[Math.min(Math.max(level, 1), chance.length) - 1] ?? 0;
}

function benignPriors(
  causes: readonly BenignCause[],
  readings: readonly SignalReading[],
  learned: WorldRates,
): readonly number[] {
  const rates = new Map(readings.map(({ signal, rate }) => [signal, rate]));
  const priors = causes.map(({ prior }) => {
    if (prior === null) return null;
    if (typeof prior === 'number') return prior;
    if ('from' in prior) return learnedPriorOf(prior, learned);
    return Math.min(
      prior.atMost,
      prior.times * Math.max(0, ...prior.of.map((signal) => rates.get(signal) ?? 0)),
    );
  });
  const rest = 1 - priors.reduce<number>((sum, prior) => sum + (prior ?? 0), 0);
  return priors.map((prior) => prior ?? rest);
}

function learnedPriorOf(prior: LearnedPrior, { forwarded, redesign }: WorldRates): number {
  const rate = prior.from === 'forwarder' ? forwarded : prior.base * redesign;
  return Math.min(prior.atMost, rate);
}

function logSum(explanations: readonly { readonly bits: number }[]): number {
  const greatest = Math.max(...explanations.map(({ bits }) => bits));
  return (
    greatest + Math.log2(explanations.reduce((sum, { bits }) => sum + 2 ** (bits - greatest), 0))
  );
}

function likeliest<Found extends { readonly bits: number }>(explanations: readonly Found[]): Found {
  return explanations.reduce((best, candidate) => (candidate.bits > best.bits ? candidate : best));
}
