import { benignPriors } from './benign-priors.ts';
import type { AttackCause, BenignCause, CauseTable } from './causes.ts';
import {
  compiledCauses,
  placesOf,
  type CompiledCause,
  type CompiledCauses,
} from './compiled-causes.ts';
import type { SignalReading } from './readings.ts';
import { unknownRates, type WorldRates } from './world-rates.ts';

/** How one explanation of the message fares: `bits` = log2 of its prior times the likelihood of every reading. */
export type Explanation<Cause> = {
  readonly cause: Cause;
  readonly bits: number;
  /** Chance that the explanation does *not* bring each reading about; same order as the readings. */
  readonly absence: Float64Array;
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
  const causes = compiledCauses(table);
  const asked: Asked = {
    levels: Int32Array.from(readings, ({ level }) => level),
    places: placesOf(readings),
  };
  const priors = priorsOfWorlds(causes, benignPriors(table.benign, readings, rates));
  const worlds = explainWorlds(readings, { asked, causes, priors });
  const { attacked, best } = crossed(asked, causes, worlds);
  const explanationOf = (world: number): Explanation<World> => ({
    cause: { causes: causes.worlds[world]?.causes ?? [], prior: priors[world] ?? 0 },
    bits: Math.log2(worlds.joints[world] ?? 0),
    absence: worlds.absence.subarray(world * readings.length, (world + 1) * readings.length),
  });
  const twin = explanationOf(best.world);
  return {
    bits: Math.log2(attacked) - Math.log2(worlds.joints.reduce((sum, joint) => sum + joint, 0)),
    attack: {
      cause: { attack: best.attack, world: twin.cause },
      bits: Math.log2(best.joint),
      absence: absenceWith(twin.absence, best.said),
    },
    twin,
    benign: explanationOf(likeliest(worlds.joints)),
  };
}

/** The readings as causes are asked about them. */
type Asked = {
  readonly levels: Int32Array;
  /** Where each signal stands among the readings (`placesOf`). */
  readonly places: Int32Array;
};

/** All worlds explained. Flat, a row per world: there are some fifty a message, and none is worth an object. */
type Worlds = {
  /** Prior of each world times the likelihood of all readings: 30 times 1e-6 is far from underflow. */
  readonly joints: Float64Array;
  /** For each reading the chance that nothing in the world brings it about, and the chance that it is as it is. */
  readonly absence: Float64Array;
  readonly outcomes: Float64Array;
  /** The absence of each reading in a world where nothing in particular goes on. */
  readonly unexplained: Float64Array;
};

/** What a cause says: of these readings, the chances that it does not bring them about. */
type Said = { readonly indexes: readonly number[]; readonly without: readonly number[] };

const nothingSaid: Said = { indexes: [], without: [] };

function priorsOfWorlds({ worlds }: CompiledCauses, priors: readonly number[]): readonly number[] {
  const priorOf = (member: number) => priors[member] ?? 0;
  return worlds.map(({ members: [only = 0, another] }) =>
    another === undefined ? priorOf(only) : priorOf(only) * priorOf(another),
  );
}

function explainWorlds(
  readings: readonly SignalReading[],
  { asked, causes: { benign, worlds }, priors }: Explaining,
): Worlds {
  const size = readings.length;
  const said = benign.map((cause) => saidBy(cause, asked));
  const unexplained = Float64Array.from(readings, ({ rate }) => 1 - rate);
  const usual = unexplained.map((chance, index) => outcome(asked.levels[index] ?? 0, chance));
  const usually = usual.reduce((product, chance) => product * chance, 1);
  const joints = new Float64Array(worlds.length);
  const absence = new Float64Array(worlds.length * size);
  const outcomes = new Float64Array(worlds.length * size);
  for (const [world, { members }] of worlds.entries()) {
    const row = world * size;
    absence.set(unexplained, row);
    outcomes.set(usual, row);
    let likelihood = usually;
    for (const member of members) {
      const { indexes, without } = said[member] ?? nothingSaid;
      for (let nth = 0; nth < indexes.length; nth++) {
        const index = indexes[nth] ?? 0;
        const chance = (absence[row + index] ?? 1) * (without[nth] ?? 1);
        const now = outcome(asked.levels[index] ?? 0, chance);
        likelihood *= now / (outcomes[row + index] ?? 1);
        absence[row + index] = chance;
        outcomes[row + index] = now;
      }
    }
    joints[world] = (priors[world] ?? 0) * likelihood;
  }
  return { joints, absence, outcomes, unexplained };
}

type Explaining = {
  readonly asked: Asked;
  readonly causes: CompiledCauses;
  /** Of worlds. */
  readonly priors: readonly number[];
};

type Best = {
  readonly attack: AttackCause;
  readonly said: Said;
  /** Number of the world it happens in. */
  readonly world: number;
  readonly joint: number;
};

/** All attacks in all worlds: what they come to together, and the likeliest of them. */
function crossed(
  asked: Asked,
  { attack: attacks }: CompiledCauses,
  worlds: Worlds,
): { readonly attacked: number; readonly best: Best } {
  let best: Best | null = null;
  let attacked = 0;
  for (const { cause, share, ...compiled } of attacks) {
    const said = saidBy(compiled, asked);
    const alone = oddsAlone(said, asked, worlds);
    for (let world = 0; world < worlds.joints.length; world++) {
      const odds = oddsUnder(worlds, { world, said, alone, levels: asked.levels });
      const joint = share * (worlds.joints[world] ?? 0) * odds;
      attacked += joint;
      if (best === null || joint > best.joint) best = { attack: cause, said, world, joint };
    }
  }
  if (best === null) throw new RangeError('a table of causes has an attack');
  return { attacked, best };
}

/**
 * How much likelier all readings are in a world with an attack on top than in that world alone. Only what the attack says
 * something of differs, and of most of that the world says nothing (`alone`). There are some 700 such pairs a message.
 */
function oddsUnder(
  { absence, outcomes, unexplained }: Worlds,
  { world, said: { indexes, without }, alone, levels }: InWorld,
): number {
  const row = world * levels.length;
  let odds = 1;
  for (let nth = 0; nth < indexes.length; nth++) {
    const index = indexes[nth] ?? 0;
    const chance = absence[row + index] ?? 1;
    odds *=
      chance === unexplained[index]
        ? (alone[nth] ?? 1)
        : outcome(levels[index] ?? 0, chance * (without[nth] ?? 1)) / (outcomes[row + index] ?? 1);
  }
  return odds;
}

type InWorld = {
  readonly world: number;
  readonly said: Said;
  /** How much likelier the attack makes each reading that it speaks of, where the world does not explain it. */
  readonly alone: readonly number[];
  readonly levels: Int32Array;
};

/** `InWorld.alone` of an attack. */
function oddsAlone(
  { indexes, without }: Said,
  { levels }: Asked,
  { unexplained }: Worlds,
): readonly number[] {
  return indexes.map((index, nth) => {
    const chance = unexplained[index] ?? 1;
    const level = levels[index] ?? 0;
    return outcome(level, chance * (without[nth] ?? 1)) / outcome(level, chance);
  });
}

/** The chances that nothing brings the readings about, with another cause at work. */
function absenceWith(absence: Float64Array, { indexes, without }: Said): Float64Array {
  const all = absence.slice();
  for (const [nth, index] of indexes.entries())
    all[index] = (absence[index] ?? 1) * (without[nth] ?? 1);
  return all;
}

function saidBy({ signals, without }: CompiledCause, { levels, places }: Asked): Said {
  const said = { indexes: [] as number[], without: [] as number[] };
  for (let nth = 0; nth < signals.length; nth++) {
    const index = places[signals[nth] ?? 0] ?? -1;
    const byLevel = without[nth];
    if (index < 0 || byLevel === undefined) continue;
    const level = Math.min(Math.max(levels[index] ?? 0, 1), byLevel.length);
    said.indexes.push(index);
    said.without.push(byLevel[level - 1] ?? 1);
  }
  return said;
}

/** Likelihood of what was read, given the chance that nothing brings it about; never 0 or 1, since tables are guesses. */
function outcome(level: number, absence: number): number {
  const chance = 1 - absence;
  const presence = chance < 1e-6 ? 1e-6 : chance > 0.999 ? 0.999 : chance;
  return level > 0 ? presence : 1 - presence;
}

/** What a reading adds to an explanation, in bits. */
export function bitsOfReading(
  { level }: SignalReading,
  index: number,
  { absence }: Explanation<unknown>,
): number {
  return Math.log2(outcome(level, absence[index] ?? 1));
}

function likeliest(joints: Float64Array): number {
  return joints.reduce((best, joint, world) => (joint > (joints[best] ?? 0) ? world : best), 0);
}
