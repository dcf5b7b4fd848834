import type { Pack } from '../alias/alias.ts';
import { historyOf, startUp, type History } from '../baseline/history.ts';
import { isEstablished } from '../baseline/novelty.ts';
import type { Observation } from '../baseline/store.ts';
import { maturedDays, type ValueRecord } from '../baseline/value-record.ts';
import type { Features, Sighting } from '../features/features.ts';
import { groupOf, signalIds, type SignalId } from '../features/signals.ts';
import { baselineText } from './baseline-text.ts';
import type { CauseTable } from './causes.ts';
import {
  bodyLureReading,
  subjectLureReading,
  subjectWordsReading,
  volumeReading,
  type Measured,
} from './measured-signals.ts';

/** One signal of one message beside the alias's own history. */
export type SignalReading = {
  readonly signal: SignalId;
  /** 0: not shown. 1 and above: shown, at that level. */
  readonly level: number;
  /** Chance that an honest message of this alias shows the signal (at this level or above), 1e-6 to 0.999. */
  readonly rate: number;
  /** The values behind it were never learned before: counts as innovation (measured C3). */
  readonly isInnovation: boolean;
  readonly observed: string;
  readonly baseline: string;
};

export type ReadingInput = {
  readonly features: Features;
  readonly observation: Observation;
  readonly pack: Pack | null;
  readonly causes: CauseTable;
  /** Day of receipt (day number, UTC). */
  readonly today: number;
};

/** Everything the scorer knows, and what learning needs again. */
export type Readings = {
  readonly history: History;
  readonly signals: readonly SignalReading[];
  readonly measured: Measured;
  /** Too little history to tell new from not yet seen, for content and for the sending path. */
  readonly startingUp: { readonly content: boolean; readonly path: boolean };
};

/** The value of table `reach` whose days tell how long the sending path has been known. */
export const pathReach = 'path';

/** Values to look up for a message, distinct, at most `limit`; answers come back in this order. */
export function lookupsOf(
  features: Features,
  limit = 512,
): readonly { readonly table: string; readonly value: string }[] {
  const lookups = new Map<string, { table: string; value: string }>();
  if (features.hasPath) lookups.set(`reach ${pathReach}`, { table: 'reach', value: pathReach });
  for (const { table, value } of features.sightings)
    lookups.set(`${table} ${value}`, { table, value });
  for (const value of features.subjectWords)
    lookups.set(`subject-word ${value}`, { table: 'subject-word', value });
  for (const { value } of features.sentences)
    lookups.set(`line ${value}`, { table: 'line', value });
  return [...lookups.values()].slice(0, limit);
}

/** Compares features with the observed history, signal by signal, in the order of `signalIds`. */
export function readSignals(input: ReadingInput): Readings {
  const { features, observation } = input;
  const history = historyOf(observation.snapshot);
  const known = knowledge(input);
  const fresh = features.sightings.filter((sighting) => !known.isOrdinary(sighting));
  const newDomains = new Set(
    fresh.filter(({ table }) => table === 'domain').map(({ value }) => value),
  );
  const hasNewLink = fresh.some(({ signal }) => signal === 'link');
  const residual = features.sentences.filter(
    ({ value }) => !known.isOrdinary({ table: 'line', value }),
  );
  const newWords = features.subjectWords.filter(
    (value) => known.recordOf({ table: 'subject-word', value }) === null,
  );
  const measured: Measured = {
    subjectLure: subjectLureReading(features.subject, history),
    subjectWords: subjectWordsReading(newWords.length, history),
    bodyLure: bodyLureReading(residual, history),
    volume: volumeReading(observation.hourMessages, history),
  };
  const pathRecord = known.recordOf({ table: 'reach', value: pathReach });
  const startingUp = {
    content: history.isStartingUp,
    path:
      pathRecord === null ||
      pathRecord.count < startUp.messages ||
      maturedDays(pathRecord, input.today) < startUp.days,
  };
  const signals: SignalReading[] = [];
  for (const signal of signalIds) {
    const group = groupOf(signal);
    if ((group === 'new-link' && !hasNewLink) || (group === 'path' && !features.hasPath)) continue;
    // A path shape under a new domain would say the same as the new domain (measured C8).
    const shown = fresh.filter(
      (sighting) =>
        sighting.signal === signal &&
        !(signal === 'path-shape' && newDomains.has(domainOfShape(sighting))),
    );
    signals.push(
      readSignal({
        signal,
        shown,
        history,
        known,
        measured,
        input,
        isStartingUp: group === 'path' ? startingUp.path : startingUp.content,
      }),
    );
  }
  return { history, signals, measured, startingUp };
}

type Knowledge = {
  readonly isOrdinary: (sighting: { readonly table: string; readonly value: string }) => boolean;
  readonly recordOf: (sighting: {
    readonly table: string;
    readonly value: string;
  }) => ValueRecord | null;
};

function knowledge({ features, observation, pack, today }: ReadingInput): Knowledge {
  const records = new Map(
    lookupsOf(features).map(({ table, value }, index) => [
      `${table} ${value}`,
      observation.records[index] ?? null,
    ]),
  );
  const packed = packedValues(pack);
  const recordOf = ({ table, value }: { table: string; value: string }) =>
    records.get(`${table} ${value}`) ?? null;
  return {
    recordOf,
    isOrdinary: (sighting) =>
      packed.has(`${sighting.table} ${sighting.value}`) ||
      isEstablished(sighting.table, recordOf(sighting), observation.reach, today),
  };
}

function packedValues(pack: Pack | null): ReadonlySet<string> {
  if (pack === null) return new Set();
  return new Set([
    ...pack.linkDomains.flatMap((domain) => [
      `domain ${domain}`,
      `domain ${domain.slice(domain.lastIndexOf('.'))}`,
    ]),
    ...pack.phones.map((phone) => `contact ${phone}`),
    ...pack.replyToDomains.map((domain) => `reply-to ${domain}`),
    ...pack.bounceDomains.map((domain) => `mail-from ${domain}`),
  ]);
}

function domainOfShape({ value }: Sighting): string {
  return value.slice(0, value.indexOf('/'));
}

type SignalContext = {
  readonly signal: SignalId;
  readonly shown: readonly Sighting[];
  readonly history: History;
  readonly known: Knowledge;
  readonly measured: Measured;
  readonly input: ReadingInput;
  readonly isStartingUp: boolean;
};

function readSignal(context: SignalContext): SignalReading {
  const { signal, shown, history, known, measured, input, isStartingUp } = context;
  const special = measuredFor(signal, measured);
  const levelled = levelFor(signal, input);
  const level = special?.level ?? levelled?.level ?? (shown.length > 0 ? 1 : 0);
  const isInnovation = special
    ? special.level > 0
    : shown.some((sighting) => known.recordOf(sighting) === null);
  const counted = honestRate({
    signal,
    level,
    isLevelled: levelled !== null,
    history,
    input,
    isStartingUp,
  });
  const rate =
    special?.rate ??
    Math.max(
      counted,
      shown.length === 0
        ? 0
        : Math.min(
            ...shown.map((sighting) => usualShare(known.recordOf(sighting), history, input.today)),
          ),
    );
  const [first] = shown;
  const more = shown.length > 1 ? ` and ${shown.length - 1} more` : '';
  return {
    signal,
    level,
    rate: Math.min(0.999, Math.max(1e-6, rate)),
    isInnovation,
    observed: special?.shown ?? levelled?.shown ?? (first ? `${first.shown}${more}` : ''),
    baseline: baselineText(history, first ? known.recordOf(first) : null, level),
  };
}

function measuredFor(signal: SignalId, measured: Measured): Measured[keyof Measured] | null {
  if (signal === 'subject-lure') return measured.subjectLure;
  if (signal === 'subject-words') return measured.subjectWords;
  if (signal === 'body-lure') return measured.bodyLure;
  if (signal === 'volume') return measured.volume;
  return null;
}

/** Upper ends of the steps of distinct recipients of one signature: 1 is ordinary. */
const reuseSteps = [1, 2, 4, 8, 16];

function levelFor(
  signal: SignalId,
  { features, observation }: ReadingInput,
): { readonly level: number; readonly shown: string } | null {
  if (signal !== 'signature-reuse')
    return features.levels.find((reading) => reading.signal === signal) ?? null;
  const recipients = observation.signatureRecipients;
  return {
    level: reuseSteps.filter((step) => recipients > step).length,
    shown: `one signature to ${recipients} recipients`,
  };
}

/**
 * How usual a value is that is not established yet: its share of the matured days and of the messages, whichever is
 * smaller. A flood lacks days, a drip lacks messages; a vendor's footer in a young history has both.
 */
function usualShare(record: ValueRecord | null, history: History, today: number): number {
  if (record === null || history.days === 0) return 0;
  return Math.min(maturedDays(record, today) / history.days, record.count / history.messages);
}

/** A pack counts as 200 messages: none of them with a closed signal, 0.3 of them with an open one (measured section 5). */
const packMessages = 200;
const openRate = 0.3;

function honestRate(asked: {
  readonly signal: SignalId;
  readonly level: number;
  readonly isLevelled: boolean;
  readonly history: History;
  readonly input: ReadingInput;
  readonly isStartingUp: boolean;
}): number {
  const { signal, level, isLevelled, history, input, isStartingUp } = asked;
  const { a, b, cold } = input.causes.signals[signal];
  const isOpen = input.pack?.open.includes(signal) === true;
  const isClosed = input.pack?.closed.includes(signal) === true;
  const pseudo = isOpen || isClosed ? packMessages : 0;
  // Before the start-up is over everything is new: what counts is how often such mail has the thing at all.
  if (isStartingUp && pseudo === 0) return cold;
  const trials = history.trials(groupOf(signal));
  const events = isLevelled
    ? history.atLeast(signal, Math.max(1, level))
    : history.innovations(signal);
  return (events + a + (isOpen ? openRate * packMessages : 0)) / (trials + a + b + pseudo);
}
