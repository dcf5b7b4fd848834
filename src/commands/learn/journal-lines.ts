import type { Observation } from '../../baseline/store.ts';

/** What became of a message: learned, flagged and left out, or counted as other mail. */
export type Entry = 'learned' | 'flagged' | 'other';

/** What moves in a store with every observation, as a message sees it. */
export type Traffic = Pick<
  Observation,
  'signatureRecipients' | 'hourMessages' | 'traffic' | 'dayMessages'
>;

/** What the lines of a journal say together. */
export type JournalLines = {
  /** Takes note of one line; what is no line of a journal says nothing. */
  readonly take: (line: string) => void;
  readonly find: (id: string) => { readonly entry: Entry; readonly isCounted: boolean } | null;
  /** Kept until the message is learned and counted. */
  readonly trafficOf: (id: string) => Traffic | null;
  /** This run wrote something that the ledgers have not. */
  readonly isWaiting: () => boolean;
};

const letters: Readonly<Record<Entry, string>> = { learned: 'l', flagged: 'f', other: 'u' };
const entries = new Map(Object.entries(letters).map(([entry, letter]) => [letter, entry as Entry]));

export const runLine = '- r';
export const countedLine = '- c';

export function entryLine(id: string, entry: Entry): string {
  return `${id} ${letters[entry]}`;
}

export function trafficLine(id: string, traffic: Traffic): string {
  return `${id} o ${JSON.stringify(traffic)}`;
}

/**
 * `ID l`, `ID f` and `ID u` are entries, `ID o JSON` is traffic; `- r` begins a run, and `- c` says that the
 * organization's ledgers have all that this run has written so far.
 */
export function createJournalLines(): JournalLines {
  const found = new Map<string, Entry>();
  const traffic = new Map<string, Traffic>();
  const waiting = new Set<string>();
  /** Not counted when an earlier run ended: left to this one, whatever else it counts. */
  const lost = new Set<string>();
  const marks: Readonly<Record<string, (id: string, rest: string) => void>> = {
    o: (id, rest) => {
      const read = readTraffic(rest);
      if (read !== null) traffic.set(id, read);
    },
    c: () => {
      // A flagged message may yet be asked for.
      for (const id of waiting) if (found.get(id) !== 'flagged') traffic.delete(id);
      waiting.clear();
    },
    r: () => {
      for (const id of waiting) lost.add(id);
      waiting.clear();
    },
  };
  return {
    take: (line) => {
      const [, id = '', mark = '', rest = ''] = /^(\S+) ([lfuocr])(?: (\{.*\}))?$/.exec(line) ?? [];
      const entry = entries.get(mark);
      marks[mark]?.(id, rest);
      if (entry === undefined) return;
      found.set(id, entry);
      lost.delete(id);
      waiting.add(id);
    },
    find: (id) => {
      const entry = found.get(id);
      return entry === undefined ? null : { entry, isCounted: !waiting.has(id) && !lost.has(id) };
    },
    trafficOf: (id) => traffic.get(id) ?? null,
    isWaiting: () => waiting.size > 0,
  };
}

/** Null for the half line that a killed run leaves behind. */
function readTraffic(text: string): Traffic | null {
  try {
    return JSON.parse(text) as Traffic;
  } catch {
    return null;
  }
}
