import { benignPriors } from './benign-priors.ts';
import type { AttackCause, BenignCause, CauseTable } from './causes.ts';
import { compiledCauses, type CompiledCauses } from './compiled-causes.ts';
import type { SignalReading } from './readings.ts';
import { unknownRates, type WorldRates } from './world-rates.ts';
import {
  absenceIn,
  askedOf,
  explainWorlds,
  oddsInWorlds,
  outcome,
  saidBy,
  type Asked,
  type Said,
  type Worlds,
} from './worlds.ts';

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
  const asked = askedOf(readings);
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

function priorsOfWorlds({ worlds }: CompiledCauses, priors: readonly number[]): readonly number[] {
  const priorOf = (member: number) => priors[member] ?? 0;
  return worlds.map(({ members: [only = 0, another] }) =>
    another === undefined ? priorOf(only) : priorOf(only) * priorOf(another),
  );
}

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

/** The chances that nothing brings the readings about, with another cause at work. */
function absenceWith(absence: Float64Array, { indexes, without }: Said): Float64Array {
  const all = absence.slice();
  for (const [nth, index] of indexes.entries())
    all[index] = (absence[index] ?? 1) * (without[nth] ?? 1);
  return all;
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
