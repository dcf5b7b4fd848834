import { quantile, type History, type Histogram } from '../baseline/history.ts';
import type { LureHit, LureSentence } from '../features/features.ts';
import { bodyLureBits, subjectLureBits } from './lure-window.ts';

/** A signal that is a quantity: compared with the alias's own distribution of it. `rate` overrides the counted rate. */
export type MeasuredReading = {
  readonly value: number;
  readonly level: number;
  readonly rate: number | null;
  readonly shown: string;
};

export type Measured = {
  readonly subjectLure: MeasuredReading;
  readonly subjectWords: MeasuredReading;
  readonly bodyLure: MeasuredReading;
  readonly volume: MeasuredReading;
};

/** Bits of lure language below which nothing is said of a subject, of a body. */
const gates = { subjectBits: 9, bodyBits: 14 };

/** Fires above the gate and clear of the alias's own tail: 1.25 x its 99.5 % quantile + 6 bits (measured C5). */
export function subjectLureReading(
  subject: { readonly tokens: number; readonly hits: readonly LureHit[] },
  history: History,
): MeasuredReading {
  const value = subjectLureBits(subject, history);
  const own = quantile(history.histogram('subject-lure'), 0.995) ?? 0;
  const fires = value >= gates.subjectBits && value > (own === 0 ? 0 : 1.25 * own + 6);
  return {
    value,
    level: fires ? 1 : 0,
    rate: null,
    shown: `lure language in the subject (${value.toFixed(0)} bits)`,
  };
}

/** New words below which a subject says nothing. */
const leastNewWords = 6;

/**
 * Words in the subject that the alias never wrote there: fires clear of the alias's own tail, so that newsletters, whose
 * every subject is new, need far more of them than a verification code.
 */
export function subjectWordsReading(newWords: number, history: History): MeasuredReading {
  const own = quantile(history.histogram('subject-words'), 0.995) ?? 0;
  const fires = newWords >= Math.max(leastNewWords, 1.25 * own + 3);
  const shown = `${newWords} words in the subject that this alias never wrote there`;
  return { value: newWords, level: fires ? 1 : 0, rate: null, shown };
}

/**
 * Tail of the alias's own windows beyond its 90 % quantile, exponential, shrunk by pseudo-excesses, doubled for the
 * choice of window (measured C6).
 */
export function bodyLureReading(
  residual: readonly LureSentence[],
  history: History,
): MeasuredReading {
  const value = bodyLureBits(residual, history);
  const shown = `lure language in text this alias never sent (${value.toFixed(0)} bits)`;
  if (value < gates.bodyBits) return { value, level: 0, rate: null, shown };
  if (history.isStartingUp) return { value, level: 1, rate: null, shown };
  return { value, level: 1, rate: bodyTail(value, history.histogram('body-lure')), shown };
}

function bodyTail(value: number, own: Histogram): number {
  const threshold = quantile(own, 0.9) ?? 0;
  const excesses = own.bins.filter(({ bin }) => bin > threshold);
  const count = excesses.reduce((sum, bin) => sum + bin.count, 0);
  const excess = excesses.reduce(
    (sum, { bin, count: messages }) => sum + (bin - threshold) * messages,
    0,
  );
  const scale = (1.5 * (excess + 3 * 5)) / (count + 3);
  const modelled = 0.1 * Math.exp(-(value - threshold) / scale);
  const empirical =
    own.bins.reduce(
      (sum, { bin, count: messages }) => (bin >= Math.floor(value) ? sum + messages : sum),
      0,
    ) /
    (own.total + 5);
  return Math.max(2 ** -13, 2 * Math.max(modelled, empirical, 0.02 / (own.total + 5)));
}

/**
 * More in the sliding hour than 1.5 x the alias's own 99.5 % quantile + 3: tolerates the batches vendors send (measured
 * C10), sees a flood.
 */
export function volumeReading(hourMessages: number, history: History): MeasuredReading {
  const own = quantile(history.histogram('volume'), 0.995);
  const usual = own === null ? null : fromVolumeBin(own);
  const fires = usual !== null && !history.isStartingUp && hourMessages > 1.5 * usual + 3;
  return {
    value: hourMessages,
    level: fires ? 1 : 0,
    rate: null,
    shown: `${hourMessages} messages in an hour, usually at most ${Math.ceil(usual ?? 0)}`,
  };
}

/** Quarter-octave bins of messages per hour. */
export function volumeBin(hourMessages: number): number {
  return Math.ceil(4 * Math.log2(Math.max(1, hourMessages)));
}

function fromVolumeBin(bin: number): number {
  return 2 ** (bin / 4);
}
