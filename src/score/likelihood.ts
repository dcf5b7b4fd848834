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
  const [first] = benign;
  if (first === undefined) throw new RangeError('a table of causes has a benign one');
  let best: Attacked = { attack: null, said: nothingSaid, twin: first, joint: -1 };
  let attacked = 0;
  for (const attack of table.attack) {
    const said = saidBy(readings, attack);
    const share = attack.weight / weights;
    for (const twin of benign) {
      const joint = share * twin.joint * oddsUnder(isShown, twin, said);
      attacked += joint;
      if (joint > best.joint) best = { attack, said, twin, joint };
    }
  }
  if (best.attack === null) throw new RangeError('a table of causes has an attack');
  const absence = best.twin.absence.slice();
  explain(absence, best.said);
  return {
    bits: Math.log2(attacked) - Math.log2(benign.reduce((sum, { joint }) => sum + joint, 0)),
    attack: {
      cause: { attack: best.attack, world: best.twin.cause },
      bits: Math.log2(best.joint),
      absence,
    },
    twin: explanationOf(best.twin),
    benign: explanationOf(likeliest(benign)),
  };
}

/** A world explained, with the chance of each reading as it is. */
type Explained = {
  readonly cause: World;
  /** Prior of the world times the likelihood of all readings: 30 times 1e-6 is far from underflow. */
  readonly joint: number;
  readonly absence: Float64Array;
  readonly outcomes: Float64Array;
};

/**
 * What a cause says: of these readings, the chances that it does not bring them about. Of most readings a cause says
 * nothing. Flat, for some 700 explanations a message.
 */
type Said = { readonly indexes: Int32Array; readonly without: Float64Array };

const nothingSaid: Said = { indexes: new Int32Array(0), without: new Float64Array(0) };

type Attacked = {
  readonly attack: AttackCause | null;
  readonly said: Said;
  readonly twin: Explained;
  readonly joint: number;
};

function explanationOf({ cause, joint, absence }: Explained): Explanation<World> {
  return { cause, bits: Math.log2(joint), absence };
}

function explainByWorlds(
  readings: readonly SignalReading[],
  { isShown, worlds }: { readonly isShown: Uint8Array; readonly worlds: readonly World[] },
): readonly Explained[] {
  const known = new Map<BenignCause, Said>();
  const saidOf = (cause: BenignCause) => {
    const said = known.get(cause) ?? saidBy(readings, cause);
    known.set(cause, said);
    return said;
  };
  const unexplained = Float64Array.from(readings, ({ rate }) => 1 - rate);
  const usual = unexplained.map((chance, index) => outcome(isShown[index] ?? 0, chance));
  const usually = usual.reduce((product, chance) => product * chance, 1);
  return worlds.map((world) => {
    const absence = unexplained.slice();
    const outcomes = usual.slice();
    let likelihood = usually;
    for (const cause of world.causes) {
      const said = saidOf(cause);
      explain(absence, said);
      for (const index of said.indexes) {
        const chance = outcome(isShown[index] ?? 0, absence[index] ?? 1);
        likelihood *= chance / (outcomes[index] ?? 1);
        outcomes[index] = chance;
      }
    }
    return { cause: world, joint: world.prior * likelihood, absence, outcomes };
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
 * How much likelier all readings are in a world with an attack on top than in that world alone. Only what the attack says
 * something of differs, and there are some 700 such pairs a message.
 */
function oddsUnder(
  isShown: Uint8Array,
  { absence, outcomes }: Explained,
  { indexes, without }: Said,
): number {
  let odds = 1;
  for (let nth = 0; nth < indexes.length; nth++) {
    const index = indexes[nth] ?? 0;
    odds *=
      outcome(isShown[index] ?? 0, (absence[index] ?? 1) * (without[nth] ?? 1)) /
      (outcomes[index] ?? 1);
  }
  return odds;
}

/** The chances that nothing brings the readings about, with another cause at work. */
function explain(absence: Float64Array, { indexes, without }: Said): void {
  for (let nth = 0; nth < indexes.length; nth++) {
    const index = indexes[nth] ?? 0;
    absence[index] = (absence[index] ?? 1) * (without[nth] ?? 1);
  }
}

function saidBy(readings: readonly SignalReading[], { chances }: AttackCause | BenignCause): Said {
  const indexes: number[] = [];
  const without: number[] = [];
  for (const [index, { signal, level }] of readings.entries()) {
    const chance = chances[signal];
    if (chance === undefined) continue;
    indexes.push(index);
    without.push(1 - chanceOf(chance, level));
  }
  return { indexes: Int32Array.from(indexes), without: Float64Array.from(without) };
}

/** Likelihood of what was read, given the chance that nothing brings it about; never 0 or 1, since tables are guesses. */
function outcome(isShown: number, absence: number): number {
  const chance = 1 - absence;
  const presence = chance < 1e-6 ? 1e-6 : chance > 0.999 ? 0.999 : chance;
  return isShown === 1 ? presence : 1 - presence;
}

function chanceOf(chance: Chance, level: number): number {
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

function likeliest(explained: readonly Explained[]): Explained {
  return explained.reduce((best, candidate) => (candidate.joint > best.joint ? candidate : best));
}
