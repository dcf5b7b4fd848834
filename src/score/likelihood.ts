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
  const benign = worldsOf(table.benign, readings, rates).map((world) =>
    explain(
      { cause: world, prior: world.prior, readings },
      readings.map((reading) => absenceUnder(reading, world.causes) * (1 - reading.rate)),
    ),
  );
  const weights = table.attack.reduce((sum, cause) => sum + cause.weight, 0);
  const attacks = table.attack.flatMap((attack) => {
    const without = readings.map((reading) => absenceUnder(reading, [attack]));
    return benign.map(({ cause: world, absence }) =>
      explain(
        { cause: { attack, world }, prior: (attack.weight / weights) * world.prior, readings },
        absence.map((chance, index) => chance * (without[index] ?? 1)),
      ),
    );
  });
  const attack = likeliest(attacks);
  const twin = benign.find(({ cause }) => cause === attack.cause.world) ?? likeliest(benign);
  return { bits: logSum(attacks) - logSum(benign), attack, twin, benign: likeliest(benign) };
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

type ToExplain<Cause> = {
  readonly cause: Cause;
  readonly prior: number;
  readonly readings: readonly SignalReading[];
};

function explain<Cause>(
  { cause, prior, readings }: ToExplain<Cause>,
  absence: readonly number[],
): Explanation<Cause> {
  // One logarithm for the product: some 300 explanations of 30 readings a message. 30 times 1e-6 is far from underflow.
  const likelihood = readings.reduce(
    (product, reading, index) => product * outcome(reading, absence[index] ?? 1),
    prior,
  );
  return { cause, bits: Math.log2(likelihood), absence };
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

function logSum(explanations: readonly Explanation<unknown>[]): number {
  const greatest = Math.max(...explanations.map(({ bits }) => bits));
  return (
    greatest + Math.log2(explanations.reduce((sum, { bits }) => sum + 2 ** (bits - greatest), 0))
  );
}

function likeliest<Cause>(explanations: readonly Explanation<Cause>[]): Explanation<Cause> {
  return explanations.reduce((best, candidate) => (candidate.bits > best.bits ? candidate : best));
}
