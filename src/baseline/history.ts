import type { SignalGroup } from '../features/signals.ts';
import type { Snapshot } from './ledger.ts';

/**
 * Names of the ledger's counters, read and written here only:
 * `n` messages learned; `t.G` trials: messages scored after the start-up that a signal of group G was asked of;
 * `x.S` messages that brought the first appearance of a value; `l.S.L` messages at level L; `k.G` messages before the end
 * of the start-up that a signal of group G was asked of, `f.S` those of them that showed signal S;
 * `w.SLOT.WORD` messages with a lure word in a slot; `o.H` messages of hour H of the week; `h.NAME.BIN` histograms; `s.BIN` scores in half bits.
 */
export const counterNames = {
  messages: 'n',
  trials: (group: SignalGroup) => `t.${group}`,
  firstAsked: (group: SignalGroup) => `k.${group}`,
  firstShown: (signal: string) => `f.${signal}`,
  innovations: (signal: string) => `x.${signal}`,
  level: (signal: string, level: number) => `l.${signal}.${level}`,
  word: (slot: string, word: string) => `w.${slot}.${word}`,
  bin: (name: string, bin: number) => `h.${name}.${bin}`,
  /** `hour` since 1970 (UTC); hour 0 of a week is Monday, 00:00. */
  hourOfWeek: (hour: number) => `o.${(hour + 72) % hoursOfWeek}`,
  score: (bits: number) => `s.${Math.max(-40, Math.min(120, Math.floor(bits * 2)))}`,
};

export const hoursOfWeek = 168;

/** Messages and days that must have matured before novelty counts as innovation (measured C1). */
export const startUp = { messages: 10, days: 5 };

/** The matured history of one alias as the scorer asks for it. */
export type History = {
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
  /** Too little matured to tell new from not yet seen. */
  readonly isStartingUp: boolean;
  readonly trials: (group: SignalGroup) => number;
  /** Messages before the start-up was over that a signal of this group was asked of, and those that showed the signal. */
  readonly firstAsked: (group: SignalGroup) => number;
  readonly firstShown: (signal: string) => number;
  readonly innovations: (signal: string) => number;
  /** Messages at `level` or above. */
  readonly atLeast: (signal: string, level: number) => number;
  readonly wordMessages: (slot: string, word: string) => number;
  readonly histogram: (name: string) => Histogram;
  /** Learned messages by hour of the week in UTC, from Monday 00:00. */
  readonly hoursOfWeek: Histogram;
  /** Scores in half bits. */
  readonly scores: Histogram;
  /** Scored messages, and those with a score at or above `bits`. */
  readonly scored: number;
  readonly scoredAtLeast: (bits: number) => number;
};

/** Bins in ascending order. */
export type Histogram = {
  readonly total: number;
  readonly bins: readonly { readonly bin: number; readonly count: number }[];
};

export function historyOf(snapshot: Snapshot): History {
  const { counters, days, firstDay } = snapshot;
  const count = (name: string) => counters[name] ?? 0;
  const messages = count(counterNames.messages);
  const histogramOf = histogramsOf(counters);
  const scores = histogramOf('s.');
  return {
    messages,
    days,
    since: firstDay === null ? null : new Date(firstDay * 86_400_000).toISOString().slice(0, 10),
    isStartingUp: messages < startUp.messages || days < startUp.days,
    trials: (group) => count(counterNames.trials(group)),
    firstAsked: (group) => count(counterNames.firstAsked(group)),
    firstShown: (signal) => count(counterNames.firstShown(signal)),
    innovations: (signal) => count(counterNames.innovations(signal)),
    atLeast: (signal, level) => tail(histogramOf(`l.${signal}.`), level),
    wordMessages: (slot, word) => count(counterNames.word(slot, word)),
    histogram: (name) => histogramOf(`h.${name}.`),
    hoursOfWeek: histogramOf('o.'),
    scores,
    scored: scores.total,
    scoredAtLeast: (bits) => tail(scores, Math.floor(bits * 2)),
  };
}

const emptyHistogram: Histogram = { total: 0, bins: [] };

/** Histograms by what stands before their bins; a message asks for dozens of them, and there are hundreds of counters. */
function histogramsOf(counters: Readonly<Record<string, number>>): (prefix: string) => Histogram {
  let binsOf: Map<string, { bin: number; count: number }[]> | null = null;
  const known = new Map<string, Histogram>();
  return (prefix) => {
    const found = known.get(prefix);
    if (found !== undefined) return found;
    binsOf ??= binsByPrefix(counters);
    const bins = binsOf.get(prefix);
    if (bins === undefined) return emptyHistogram;
    bins.sort((a, b) => a.bin - b.bin);
    const histogram = { total: bins.reduce((sum, { count }) => sum + count, 0), bins };
    known.set(prefix, histogram);
    return histogram;
  };
}

function binsByPrefix(
  counters: Readonly<Record<string, number>>,
): Map<string, { bin: number; count: number }[]> {
  const bins = new Map<string, { bin: number; count: number }[]>();
  for (const [name, count] of Object.entries(counters)) {
    const end = name.lastIndexOf('.') + 1;
    const prefix = name.slice(0, end);
    const own = bins.get(prefix);
    const bin = { bin: Number(name.slice(end)), count };
    if (own === undefined) bins.set(prefix, [bin]);
    else own.push(bin);
  }
  return bins;
}

function tail(histogram: Histogram, from: number): number {
  return histogram.bins.reduce((sum, { bin, count }) => (bin >= from ? sum + count : sum), 0);
}

/** Least bin at or below which `share` of the counts lie; null for an empty histogram. */
export function quantile(histogram: Histogram, share: number): number | null {
  let seen = 0;
  for (const { bin, count } of histogram.bins) {
    seen += count;
    if (seen >= share * histogram.total) return bin;
  }
  return histogram.bins.at(-1)?.bin ?? null;
}
