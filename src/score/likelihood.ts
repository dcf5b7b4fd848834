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
  const asked: Asked = { levels: levelsOf(readings), places: placesOf(readings) };
  const priors = priorsOfWorlds(causes, benignPriors(table.benign, readings, rates));
  const worlds = explainWorlds(readings, { asked, causes, priors });
  const { attacked, best } = crossed(asked, causes, worlds);
  const explanationOf = (world: number): Explanation<World> => ({
    cause: { causes: causes.worlds[world]?.causes ?? [], prior: priors[world] ?? 0 },
    bits: Math.log2(worlds.joints[world] ?? 0),
    absence: absenceIn(world, worlds, readings.length),
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
  readonly levels: readonly number[];
  /** Where each signal stands among the readings (`placesOf`). */
  readonly places: readonly number[];
};

/** All worlds explained. Flat, a row per reading: there are some fifty worlds a message, and none is worth an object. */
type Worlds = {
  /** Prior of each world times the likelihood of all readings: 30 times 1e-6 is far from underflow. */
  readonly joints: Float64Array;
  /** For each reading the chance that nothing in the world brings it about, and the chance that it is as it is. */
  readonly absence: Float64Array;
  readonly outcomes: Float64Array;
  /** The absence of each reading in a world where nothing in particular goes on. */
  readonly unexplained: Float64Array;
  /** Of one attack, how much likelier all readings are with it in each world. */
  readonly odds: Float64Array;
};

const rooms = new WeakMap<CompiledCauses, Worlds & { readonly readings: number }>();

/**
 * Room for the worlds of one message, which lasts until the next one is compared: nothing here waits, and arrays of this
 * size lie outside of the heap, where making and clearing them takes longer than filling them.
 */
function roomFor(causes: CompiledCauses, readings: number): Worlds {
  const found = rooms.get(causes);
  if (found !== undefined && found.readings >= readings) return found;
  const worlds = causes.worlds.length;
  const room = {
    readings,
    joints: new Float64Array(worlds),
    absence: new Float64Array(readings * worlds),
    outcomes: new Float64Array(readings * worlds),
    unexplained: new Float64Array(readings),
    odds: new Float64Array(worlds),
  };
  rooms.set(causes, room);
  return room;
}

/** What a cause says: of these readings, the chances that it does not bring them about. */
type Said = { readonly indexes: readonly number[]; readonly without: readonly number[] };

const nothingSaid: Said = { indexes: [], without: [] };
const noWorld = { members: [] as readonly number[] };

function priorsOfWorlds({ worlds }: CompiledCauses, priors: readonly number[]): readonly number[] {
  const priorOf = (member: number) => priors[member] ?? 0;
  return worlds.map(({ members: [only = 0, another] }) =>
    another === undefined ? priorOf(only) : priorOf(only) * priorOf(another),
  );
}

function explainWorlds(
  readings: readonly SignalReading[],
  { asked, causes, priors }: Explaining,
): Worlds {
  const { benign, worlds } = causes;
  const said = benign.map((cause) => saidBy(cause, asked));
  const room = roomFor(causes, readings.length);
  const { joints, absence, outcomes, unexplained } = room;
  let usually = 1;
  for (let index = 0; index < readings.length; index++) {
    const { rate = 0, level = 0 } = readings[index] ?? {};
    const usual = outcome(level, 1 - rate);
    const row = index * worlds.length;
    unexplained[index] = 1 - rate;
    absence.fill(1 - rate, row, row + worlds.length);
    outcomes.fill(usual, row, row + worlds.length);
    usually *= usual;
  }
  for (let world = 0; world < worlds.length; world++) {
    const { members } = worlds[world] ?? noWorld;
    let likelihood = usually;
    for (const member of members) {
      const { indexes, without } = said[member] ?? nothingSaid;
      for (let nth = 0; nth < indexes.length; nth++) {
        const index = indexes[nth] ?? 0;
        const at = index * worlds.length + world;
        const chance = (absence[at] ?? 1) * (without[nth] ?? 1);
        const now = outcome(asked.levels[index] ?? 0, chance);
        likelihood *= now / (outcomes[at] ?? 1);
        absence[at] = chance;
        outcomes[at] = now;
      }
    }
    joints[world] = (priors[world] ?? 0) * likelihood;
  }
  return room;
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
  const { joints, odds } = worlds;
  for (const attack of attacks) {
    const said = saidBy(attack, asked);
    oddsInWorlds(said, asked, worlds);
    for (let world = 0; world < odds.length; world++) {
      const joint = attack.share * (joints[world] ?? 0) * (odds[world] ?? 1);
      attacked += joint;
      if (best === null || joint > best.joint) best = { attack: attack.cause, said, world, joint };
    }
  }
  if (best === null) throw new RangeError('a table of causes has an attack');
  return { attacked, best };
}

/**
 * How much likelier all readings are in each world with an attack on top than in that world alone. Only what the attack
 * says something of differs, and most worlds say nothing of that. A message asks for some 5,000 of these chances.
 */
function oddsInWorlds(
  { indexes, without }: Said,
  { levels }: Asked,
  { absence, outcomes, unexplained, odds }: Worlds,
): void {
  odds.fill(1);
  for (let nth = 0; nth < indexes.length; nth++) {
    const index = indexes[nth] ?? 0;
    const missed = without[nth] ?? 1;
    const level = levels[index] ?? 0;
    const usual = unexplained[index] ?? 1;
    const alone = outcome(level, usual * missed) / outcome(level, usual);
    for (let world = 0, at = index * odds.length; world < odds.length; world++, at++) {
      const chance = absence[at] ?? 1;
      const times =
        chance === usual ? alone : outcome(level, chance * missed) / (outcomes[at] ?? 1);
      odds[world] = (odds[world] ?? 1) * times;
    }
  }
}

function absenceIn(world: number, { absence, joints }: Worlds, readings: number): Float64Array {
  const own = new Float64Array(readings);
  for (let index = 0; index < readings; index++)
    own[index] = absence[index * joints.length + world] ?? 1;
  return own;
}

/** The chances that nothing brings the readings about, with another cause at work. */
function absenceWith(absence: Float64Array, { indexes, without }: Said): Float64Array {
  const all = absence.slice();
  for (const [nth, index] of indexes.entries())
    all[index] = (absence[index] ?? 1) * (without[nth] ?? 1);
  return all;
}

function levelsOf(readings: readonly SignalReading[]): readonly number[] {
  return readings.map(({ level }) => level);
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
