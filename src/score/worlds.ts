import { placesOf, type CompiledCause, type CompiledCauses } from './compiled-causes.ts';
import type { SignalReading } from './readings.ts';

/** The readings as causes are asked about them. */
export type Asked = {
  readonly levels: readonly number[];
  /** Where each signal stands among the readings (`placesOf`). */
  readonly places: readonly number[];
};

/** The readings, by level and by signal. */
export function askedOf(readings: readonly SignalReading[]): Asked {
  return { levels: readings.map(({ level }) => level), places: placesOf(readings) };
}

/**
 * All worlds explained. Flat, a row per reading and maybe rows to spare: there are some fifty worlds a message, and none
 * is worth an object.
 */
export type Worlds = {
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
export type Said = { readonly indexes: readonly number[]; readonly without: readonly number[] };

const nothingSaid: Said = { indexes: [], without: [] };
const noWorld = { members: [] as readonly number[] };

/** Every world with all that its causes say; the answer holds until the next message is compared (`roomFor`). */
export function explainWorlds(
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

/**
 * How much likelier all readings are in each world with an attack on top than in that world alone. Only what the attack
 * says something of differs, and most worlds say nothing of that. A message asks for some 5,000 of these chances.
 */
export function oddsInWorlds(
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

/** The chances that nothing in one world brings the readings about, in an array of their own. */
export function absenceIn(
  world: number,
  { absence, joints }: Worlds,
  readings: number,
): Float64Array {
  const own = new Float64Array(readings);
  for (let index = 0; index < readings; index++)
    own[index] = absence[index * joints.length + world] ?? 1;
  return own;
}

/** What one cause says of the readings at their levels. */
export function saidBy({ signals, without }: CompiledCause, { levels, places }: Asked): Said {
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
export function outcome(level: number, absence: number): number {
  const chance = 1 - absence;
  const presence = chance < 1e-6 ? 1e-6 : chance > 0.999 ? 0.999 : chance;
  return level > 0 ? presence : 1 - presence;
}
