import type { AttackCause, BenignCause, CauseTable, Chance, LearnedPrior } from './causes.ts';
import type { SignalReading } from './readings.ts';
import { unknownRates, type WorldRates } from './world-rates.ts';

/** How one explanation of the message fares: `bits` = log2 of its prior times the likelihood of every reading. */
export type Explanation<Cause> = {
  readonly cause: Cause;
  readonly bits: number;
  /** Chance that the explanation does *not* bring each reading about; same order as the readings. */
  readonly absence: ArrayLike<number>;
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
  const isShown = Uint8Array.from(readings, ({ level }) => (level > 0 ? 1 : 0));
  const benign = explainByWorlds(readings, {
    isShown,
    worlds: worldsOf(table.benign, readings, rates),
  });
  const weights = table.attack.reduce((sum, cause) => sum + cause.weight, 0);
  const attacks: Attacked[] = [];
  for (const attack of table.attack) {
    const without = absenceUnder(readings, attack);
    const share = attack.weight / weights;
    for (const twin of benign) {
      const likelihood = likelihoodUnder(isShown, twin, without);
      const bits = Math.log2(share * twin.cause.prior * likelihood);
      attacks.push({ attack, without, twin, bits });
    }
  }
  const best = likeliest(attacks);
  const attack = {
    cause: { attack: best.attack, world: best.twin.cause },
    bits: best.bits,
    absence: Array.from(best.twin.absence, (chance, index) => chance * (best.without[index] ?? 1)),
  };
  return {
    bits: logSum(attacks) - logSum(benign),
    attack,
    twin: best.twin,
    benign: likeliest(benign),
  };
}

/** A world explained, with the chance of each reading as it is. */
type Explained = {
  readonly cause: World;
  readonly bits: number;
  readonly absence: Float64Array;
  readonly outcomes: Float64Array;
};

type Attacked = {
  readonly attack: AttackCause;
  readonly without: Float64Array;
  readonly twin: Explained;
  readonly bits: number;
};

function explainByWorlds(
  readings: readonly SignalReading[],
  { isShown, worlds }: { readonly isShown: Uint8Array; readonly worlds: readonly World[] },
): readonly Explained[] {
  const without = new Map<BenignCause, Float64Array>();
  const withoutCause = (cause: BenignCause) => {
    const found = without.get(cause) ?? absenceUnder(readings, cause);
    without.set(cause, found);
    return found;
  };
  return worlds.map((world) => {
    const absence = new Float64Array(readings.length).fill(1);
    for (const cause of world.causes) {
      const chances = withoutCause(cause);
      for (let index = 0; index < absence.length; index++)
        absence[index] = (absence[index] ?? 1) * (chances[index] ?? 1);
    }
    const outcomes = new Float64Array(readings.length);
    let likelihood = 1;
    for (const [index, { rate }] of readings.entries()) {
      const chance = (absence[index] ?? 1) * (1 - rate);
      absence[index] = chance;
      outcomes[index] = outcome(isShown[index], chance);
      likelihood *= outcomes[index];
    }
    return { cause: world, bits: Math.log2(world.prior * likelihood), absence, outcomes };
  });
}

/** What each reading adds to an explanation, in bits. */
export function bitsPerReading(
  readings: readonly SignalReading[],
  { absence }: Explanation<unknown>,
): readonly number[] {
  return readings.map(({ level }, index) =>
    Math.log2(outcome(level > 0 ? 1 : 0, absence[index] ?? 1)),
  );
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
 * Likelihood of all readings in a world with an attack on top. One loop and one product: some 700 explanations of 30
 * readings a message, and 30 times 1e-6 is far from underflow. Of most readings the attack says nothing, and the world's
 * own outcome holds.
 */
function likelihoodUnder(
  isShown: Uint8Array,
  { absence, outcomes }: Explained,
  without: Float64Array,
): number {
  let product = 1;
  for (let index = 0; index < without.length; index++) {
    const factor = without[index] ?? 1;
    product *=
      factor === 1
        ? (outcomes[index] ?? 1)
        : outcome(isShown[index], (absence[index] ?? 1) * factor);
  }
  return product;
}

/** Chance that a cause does not bring about each of the readings. */
function absenceUnder(
  readings: readonly SignalReading[],
  { chances }: AttackCause | BenignCause,
): Float64Array {
  return Float64Array.from(readings, ({ signal, level }) => 1 - chanceOf(chances[signal], level));
}

/** Likelihood of what was read, given the chance that nothing brings it about; never 0 or 1, since tables are guesses. */
function outcome(isShown: number | undefined, absence: number): number {
  const chance = 1 - absence;
  const presence = chance < 1e-6 ? 1e-6 : chance > 0.999 ? 0.999 : chance;
  return isShown === 1 ? presence : 1 - presence;
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
