import { signalIds, type SignalId } from '../features/signals.ts';
import { oncePerObject } from '../once-per.ts';
import type { AttackCause, BenignCause, CauseTable, Chance } from './causes.ts';

/** A cause by numbers of signals: a message asks two dozen causes for some 200 chances and looks no name up. */
export type CompiledCause = {
  /** Signals that it says something of, by place in `signalIds`, ascending. Of most it says nothing. */
  readonly signals: Int32Array;
  /** For each of these the chance that it does *not* bring it about, by level from level 1 up; the last holds on. */
  readonly without: readonly Float64Array[];
};

/** What may be going on around an honest message: nothing in particular, one benign cause, or two at once. */
export type CompiledWorld = {
  readonly causes: readonly BenignCause[];
  /** Their places among the benign causes. */
  readonly members: readonly number[];
};

/** What of a table does not depend on any message. */
export type CompiledCauses = {
  /** In the order of the table, as `benign`; `share` is the weight among all attacks, 0 to 1. */
  readonly attack: readonly (CompiledCause & {
    readonly cause: AttackCause;
    readonly share: number;
  })[];
  readonly benign: readonly CompiledCause[];
  readonly worlds: readonly CompiledWorld[];
};

/**
 * A table is compiled once, when the first message is held against it.
 * @throws RangeError where it has no attack or no benign cause.
 */
export const compiledCauses = oncePerObject(compile);

function compile({ attack, benign }: CauseTable): CompiledCauses {
  if (benign.length === 0) throw new RangeError('a table of causes has a benign one');
  if (attack.length === 0) throw new RangeError('a table of causes has an attack');
  const weights = attack.reduce((sum, { weight }) => sum + weight, 0);
  return {
    attack: attack.map((cause) => ({
      ...compileCause(cause),
      cause,
      share: cause.weight / weights,
    })),
    benign: benign.map(compileCause),
    worlds: worldsOf(benign),
  };
}

const numbers: ReadonlyMap<SignalId, number> = new Map(
  signalIds.map((signal, index) => [signal, index]),
);

/** For each signal, by place in `signalIds`, where among these it stands; -1 where it was not asked. */
export function placesOf(readings: readonly { readonly signal: SignalId }[]): readonly number[] {
  const places: number[] = signalIds.map(() => -1);
  for (let index = 0; index < readings.length; index++) {
    const reading = readings[index];
    if (reading !== undefined) places[numbers.get(reading.signal) ?? -1] = index;
  }
  return places;
}

function compileCause({ chances }: AttackCause | BenignCause): CompiledCause {
  const known = signalIds.flatMap((signal, index) => {
    const chance = chances[signal];
    return chance === undefined ? [] : [{ index, chance }];
  });
  return {
    signals: Int32Array.from(known, ({ index }) => index),
    without: known.map(({ chance }) => withoutByLevel(chance)),
  };
}

function withoutByLevel(chance: Chance): Float64Array {
  const levels = typeof chance === 'number' ? [chance] : chance;
  return Float64Array.from(levels.length === 0 ? [0] : levels, (present) => 1 - present);
}

/**
 * Benign causes do not wait for one another: in the week of a redesign and on a billing day, mail is forwarded too. They
 * are independent, so two at once are as likely as the product of their priors; three are left out as too rare.
 */
function worldsOf(benign: readonly BenignCause[]): readonly CompiledWorld[] {
  const singles = benign.map((cause, index) => ({ causes: [cause], members: [index] }));
  const particular = singles.filter((_, index) => benign[index]?.prior !== null);
  const pairs = particular.flatMap((left, index) =>
    particular.slice(index + 1).map((right) => ({
      causes: [...left.causes, ...right.causes],
      members: [...left.members, ...right.members],
    })),
  );
  return [...singles, ...pairs];
}
