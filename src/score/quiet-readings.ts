import type { Pack } from '../alias/alias.ts';
import type { History } from '../baseline/history.ts';
import { groupOf, type SignalId } from '../features/signals.ts';
import { oncePerName } from '../once-per.ts';
import type { CauseTable } from './causes.ts';
import { honestRate } from './honest-rate.ts';
import type { Readings, SignalReading } from './readings.ts';

/** All that the reading of a signal depends on where a message does not show it. */
export type QuietFor = {
  readonly history: History;
  readonly priors: CauseTable['signals'];
  readonly pack: Pack | null;
  readonly startingUp: Readings['startingUp'];
};

/** Readings of what a message does not show. */
export type QuietReadings = {
  /** Of a signal of values. */
  readonly ofValues: (signal: SignalId) => SignalReading;
  /** Of a signal of a quantity. */
  readonly ofQuantity: (signal: SignalId) => SignalReading;
};

const known = new WeakMap<History, { readonly of: QuietFor; readonly readings: QuietReadings }[]>();

/** A message shows a few of some forty signals: the others are read once for all messages of one history. */
export function quietReadings(of: QuietFor): QuietReadings {
  const ofHistory = known.get(of.history) ?? [];
  if (ofHistory.length === 0) known.set(of.history, ofHistory);
  const found = ofHistory.find((other) => isSame(other.of, of));
  if (found !== undefined) return found.readings;
  const readings = {
    ofValues: oncePerName((signal: SignalId) => quiet(signal, of.history.innovations(signal), of)),
    ofQuantity: oncePerName((signal: SignalId) => quiet(signal, of.history.atLeast(signal, 1), of)),
  };
  ofHistory.push({ of, readings });
  return readings;
}

/** A rate as causes are asked with it: tables are guesses, and nothing is impossible or certain. */
export function bounded(rate: number): number {
  return Math.min(0.999, Math.max(1e-6, rate));
}

function isSame(one: QuietFor, other: QuietFor): boolean {
  return (
    one.priors === other.priors &&
    one.pack === other.pack &&
    one.startingUp.content === other.startingUp.content &&
    one.startingUp.path === other.startingUp.path
  );
}

function quiet(
  signal: SignalId,
  events: number,
  { history, priors, pack, startingUp }: QuietFor,
): SignalReading {
  const isStartingUp = groupOf(signal) === 'path' ? startingUp.path : startingUp.content;
  const prior = priors[signal];
  const rate = honestRate({ signal, events, prior, pack, history, isStartingUp, shown: [] });
  return { signal, level: 0, rate: bounded(rate), isInnovation: false, observed: '', baseline: '' };
}
