import type { SignalGroup } from '../features/signals.ts';
import { oncePerName, oncePerObject } from '../once-per.ts';
import { dayMs, type Snapshot } from './ledger.ts';

/**
 * Names of the ledger's counters, read and written here only:
 * `n` messages learned; `t.G` trials: messages scored after the start-up that a signal of group G was asked of;
 * `x.S` messages that brought the first appearance of a value; `l.S.L` messages at level L; `k.G` messages before the end
 * of the start-up that a signal of group G was asked of, `f.S` those of them that showed signal S;
 * `w.SLOT.WORD` messages with a lure word in a slot; `o.H` messages of hour H of the week; `h.NAME.BIN` histograms; `s.BIN` scores in half bits.
 */
export const counterNames = {
  messages: 'n',
  // Of a few dozen signals and groups, asked for by every message.
  trials: oncePerName((group: SignalGroup) => `t.${group}`),
  firstAsked: oncePerName((group: SignalGroup) => `k.${group}`),
  firstShown: oncePerName((signal: string) => `f.${signal}`),
  innovations: oncePerName((signal: string) => `x.${signal}`),
  level: (signal: string, level: number) => `l.${signal}.${level}`,
  word: (slot: string, word: string) => `w.${slot}.${word}`,
  bin: (name: string, bin: number) => `h.${name}.${bin}`,
  /** `hour` since 1970 (UTC); hour 0 of a week is Monday, 00:00. */
  hourOfWeek: (hour: number) => `o.${(hour + 72) % hoursOfWeek}`,
  score: (bits: number) => `s.${Math.max(-40, Math.min(120, Math.floor(bits * 2)))}`,
};

export const hoursOfWeek = 168;

/** What stands before the bins of a histogram. */
const levelsOf = oncePerName((signal: string) => `l.${signal}.`);
const binsNamed = oncePerName((name: string) => `h.${name}.`);

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

/** The same snapshot has one history: rules that are held against kept mail ask for it thousands of times. */
export const historyOf = oncePerObject(readHistory);

function readHistory(snapshot: Snapshot): History {
  const { counters, days, firstDay } = snapshot;
  const count = (name: string) => counters[name] ?? 0;
  const messages = count(counterNames.messages);
  const histogramOf = histogramsOf(counters);
  const scores = histogramOf('s.');
  return {
    messages,
    days,
    since: firstDay === null ? null : new Date(firstDay * dayMs).toISOString().slice(0, 10),
    isStartingUp: messages < startUp.messages || days < startUp.days,
    trials: (group) => count(counterNames.trials(group)),
    firstAsked: (group) => count(counterNames.firstAsked(group)),
    firstShown: (signal) => count(counterNames.firstShown(signal)),
    innovations: (signal) => count(counterNames.innovations(signal)),
    atLeast: (signal, level) => tail(histogramOf(levelsOf(signal)), level),
    wordMessages: (slot, word) => count(counterNames.word(slot, word)),
    histogram: (name) => histogramOf(binsNamed(name)),
    get hoursOfWeek() {
      return histogramOf('o.');
    },
    scores,
    scored: scores.total,
    scoredAtLeast: (bits) => tail(scores, Math.floor(bits * 2)),
  };
}

const emptyHistogram: Histogram = { total: 0, bins: [] };

type Bins = { bin: number; count: number }[];

/**
 * Histograms by what stands before their bins. A message asks for a dozen of them, and most of the hundreds of counters are
 * of words and hours: only those of the kind (the first letter) that is asked for are taken apart.
 */
function histogramsOf(counters: Readonly<Record<string, number>>): (prefix: string) => Histogram {
  const names = Object.keys(counters);
  const kinds = new Map<string, ReadonlyMap<string, Bins>>();
  const known = new Map<string, Histogram>();
  return (prefix) => {
    const found = known.get(prefix);
    if (found !== undefined) return found;
    const [kind = ''] = prefix;
    const binsOf = kinds.get(kind) ?? binsByPrefix(names, kind, counters);
    kinds.set(kind, binsOf);
    const bins = binsOf.get(prefix);
    if (bins === undefined) return emptyHistogram;
    bins.sort((a, b) => a.bin - b.bin);
    const histogram = { total: bins.reduce((sum, { count }) => sum + count, 0), bins };
    known.set(prefix, histogram);
    return histogram;
  };
}

function binsByPrefix(
  names: readonly string[],
  kind: string,
  counters: Readonly<Record<string, number>>,
): ReadonlyMap<string, Bins> {
  const bins = new Map<string, Bins>();
  for (const name of names) {
    if (!name.startsWith(kind)) continue;
    const end = name.lastIndexOf('.') + 1;
    const prefix = name.slice(0, end);
    const bin = { bin: Number(name.slice(end)), count: counters[name] ?? 0 };
    const own = bins.get(prefix);
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
