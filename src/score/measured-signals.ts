import { quantile, type History, type Histogram } from '../baseline/history.ts';
import type { Features, LureSentence } from '../features/features.ts';
import type { SignalId } from '../features/signals.ts';
import type { KnownValues } from './known-values.ts';
import { bodyLureBits, subjectLureBits } from './lure-window.ts';

/** A signal that is a quantity, held against the alias's own distribution of it. `rate`, where given, is from its tail. */
export type MeasuredReading = {
  readonly value: number;
  readonly level: number;
  readonly rate: number | null;
  readonly shown: string;
  /** Its honest rate is counted per level; otherwise by how often it fires at all. */
  readonly isOrdinal: boolean;
};

export type Measured = ReadonlyMap<SignalId, MeasuredReading>;

type ToMeasure = {
  readonly features: Features;
  readonly known: KnownValues;
  readonly history: History;
  readonly hourMessages: number;
};

/** Every measured signal of one message. Their distributions are learned under the same names (`binOf`). */
export function measure({ features, known, history, hourMessages }: ToMeasure): Measured {
  const residual = features.sentences.filter(
    ({ value }) => !known.isOrdinary({ table: 'line', value }),
  );
  const newWords = features.subjectWords.filter(
    (value) => known.recordOf({ table: 'subject-word', value }) === null,
  );
  return new Map([
    ['subject-lure', subjectLureReading(features.subject, history)],
    ['subject-words', subjectWordsReading(newWords.length, history)],
    ['body-lure', bodyLureReading(residual, history)],
    ['volume', volumeReading(hourMessages, history)],
  ]);
}

/** The histogram bin of a measured value: bits and words as they are, messages per hour in quarter octaves. */
export function binOf(signal: SignalId, value: number): number {
  return signal === 'volume' ? Math.ceil(4 * Math.log2(Math.max(1, value))) : Math.round(value);
}

function reading(
  value: number,
  level: number,
  {
    rate = null,
    isOrdinal = false,
    shown,
  }: { readonly rate?: number | null; readonly isOrdinal?: boolean; readonly shown: string },
): MeasuredReading {
  return { value, level, rate, shown, isOrdinal };
}

/** Bits of lure language at which a subject, a body reaches level 1, 2 …; below the first nothing is said of it. */
const lureSteps = { subject: [6, 9, 14, 20], body: [10, 14, 20, 28] };

function lureLevel(bits: number, steps: readonly number[]): number {
  return steps.filter((step) => bits >= step).length;
}

/** Counts clear of the alias's own tail: 1.25 x its 99.5 % quantile + 6 bits (measured C5). */
function subjectLureReading(subject: Features['subject'], history: History): MeasuredReading {
  const value = subjectLureBits(subject, history);
  const own = quantile(history.histogram('subject-lure'), 0.995) ?? 0;
  const isClear = value > (own === 0 ? 0 : 1.25 * own + 6);
  return reading(value, isClear ? lureLevel(value, lureSteps.subject) : 0, {
    isOrdinal: true,
    shown: `lure language in the subject (${value.toFixed(0)} bits)`,
  });
}

/** New words below which a subject says nothing. */
const leastNewWords = 6;

/**
 * Words in the subject that the alias never wrote there: fires clear of the alias's own tail, so that newsletters, whose
 * every subject is new, need far more of them than a verification code.
 */
function subjectWordsReading(newWords: number, history: History): MeasuredReading {
  const own = quantile(history.histogram('subject-words'), 0.995) ?? 0;
  const fires = newWords >= Math.max(leastNewWords, 1.25 * own + 3);
  return reading(newWords, fires ? 1 : 0, {
    shown: `${newWords} words in the subject that this alias never wrote there`,
  });
}

/** Lure language in the body, in sentences the alias has not made its own; its rate is the tail of the alias's own windows. */
function bodyLureReading(residual: readonly LureSentence[], history: History): MeasuredReading {
  const value = bodyLureBits(residual, history);
  const shown = `lure language in text this alias never sent (${value.toFixed(0)} bits)`;
  const level = lureLevel(value, lureSteps.body);
  if (level === 0) return reading(value, 0, { isOrdinal: true, shown });
  return reading(value, level, {
    isOrdinal: true,
    shown,
    rate: history.isStartingUp ? null : bodyTail(value, history.histogram('body-lure')),
  });
}

/** Pseudo-excesses of 5 bits that a young distribution is shrunk on. */
const pseudoExcesses = { count: 3, bits: 5 };

/** Exponential tail beyond the alias's own 90 % quantile, never below its empirical tail, doubled (measured C6). */
function bodyTail(value: number, own: Histogram): number {
  const threshold = quantile(own, 0.9) ?? 0;
  const beyond = own.bins.filter(({ bin }) => bin > threshold);
  const count = beyond.reduce((sum, bin) => sum + bin.count, 0);
  const excessBits = beyond.reduce(
    (sum, { bin, count: messages }) => sum + (bin - threshold) * messages,
    0,
  );
  const scale =
    (1.5 * (excessBits + pseudoExcesses.count * pseudoExcesses.bits)) /
    (count + pseudoExcesses.count);
  const modelled = 0.1 * Math.exp(-(value - threshold) / scale);
  const asHigh = own.bins.reduce(
    (sum, { bin, count: messages }) => (bin >= Math.floor(value) ? sum + messages : sum),
    0,
  );
  return Math.max(
    2 ** -13,
    2 * Math.max(modelled, asHigh / (own.total + 5), 0.02 / (own.total + 5)),
  );
}

/**
 * More in the sliding hour than 1.5 x the alias's own 99.5 % quantile + 3: tolerates the batches vendors send (measured
 * C10), sees a flood.
 */
function volumeReading(hourMessages: number, history: History): MeasuredReading {
  const own = quantile(history.histogram('volume'), 0.995);
  const usual = own === null ? null : 2 ** (own / 4);
  const fires = usual !== null && !history.isStartingUp && hourMessages > 1.5 * usual + 3;
  return reading(hourMessages, fires ? 1 : 0, {
    shown: `${hourMessages} messages in an hour, usually at most ${Math.ceil(usual ?? 0)}`,
  });
}
