import type { Pack } from '../alias/alias.ts';
import { historyOf, startUp, type History } from '../baseline/history.ts';
import type { Observation } from '../baseline/store.ts';
import { maturedDays } from '../baseline/value-record.ts';
import type { Features, Sighting } from '../features/features.ts';
import { groupOf, signalIds, type SignalGroup, type SignalId } from '../features/signals.ts';
import type { OrganizationView } from '../organization/organization.ts';
import { baselineTexts, type BaselineTexts } from './baseline-text.ts';
import type { CauseTable } from './causes.ts';
import { freshSightings } from './fresh-sightings.ts';
import { honestRate, usualShare } from './honest-rate.ts';
import type { InheritedValues } from './inherited-values.ts';
import { knowValues, pathReach, type KnownValues } from './known-values.ts';
import { organizationSignals } from './organization-signals.ts';
import { ordinalOf, type Quantity } from './ordinal-signals.ts';
import { marksOf, type OwnMark } from './own-marks.ts';
import { bounded, quietReadings } from './quiet-readings.ts';
import { worldRatesOf, type WorldRates } from './world-rates.ts';
import { measure, newCommonWords, type Measured } from './measured-signals.ts';

/** One signal of one message beside the alias's own history. */
export type SignalReading = {
  readonly signal: SignalId;
  /** 0: not shown. 1 and above: shown, at that level. */
  readonly level: number;
  /** Chance that an honest message of this alias shows the signal (at this level or above), 1e-6 to 0.999. */
  readonly rate: number;
  /** Counts as an event in the ledger: a value that was never learned before (measured C3), or a quantity out of range. */
  readonly isInnovation: boolean;
  readonly observed: string;
  readonly baseline: string;
};

export type ReadingInput = {
  readonly features: Features;
  readonly observation: Observation;
  /** Null where the organization's ledgers did not answer: nobody is a stranger then. */
  readonly organization: OrganizationView | null;
  readonly pack: Pack | null;
  readonly causes: CauseTable;
  /** Day of receipt (day number, UTC). */
  readonly today: number;
  /** Share of that day that is over, 0 to 1; without it today's traffic is left out where a redesign is told from an attack. */
  readonly dayShare?: number;
  /** Values that other aliases of the vendor have made ordinary; none when absent. */
  readonly inherited?: InheritedValues;
  /** `table value` that a person approved for this alias; none when absent. */
  readonly approved?: ReadonlySet<string>;
};

/** Everything the scorer knows, and what learning needs again. */
export type Readings = {
  readonly history: History;
  readonly signals: readonly SignalReading[];
  readonly measured: Measured;
  /** How often benign causes happen. */
  readonly rates: WorldRates;
  /** What is not ordinary for the alias; what copies of one attack have in common is among it. */
  readonly fresh: readonly Sighting[];
  /** Hashes of the subject's words and of the body's lure sentences that the alias never wrote. */
  readonly newText: readonly string[];
  /** What of the alias's own template the message has. */
  readonly marks: readonly OwnMark[];
  /** Common words that no body of the alias held. */
  readonly newCommonWords: readonly string[];
  /** Too little history to tell new from not yet seen, for content and for the sending path. */
  readonly startingUp: { readonly content: boolean; readonly path: boolean };
};

/** Compares features with the observed history, signal by signal, in the order of `signalIds`. */
export function readSignals(input: ReadingInput): Readings {
  const { features, observation, pack, causes, today, dayShare = 0 } = input;
  const history = historyOf(observation.snapshot);
  const known = knowValues(features, observation, input);
  const newCommon = newCommonWords(features, known);
  const measured = measure({ features, known, newCommon, history, observation, today });
  const startingUp = { content: history.isStartingUp, path: isPathStartingUp(known, today) };
  const marks = marksOf(features, { known, history, today });
  // Where the alias's own sentences are gone as well it is no renamed template, but another letter.
  const linksGone = marks.gone.includes('links') && !marks.gone.includes('text');
  const fresh = freshSightings(features.sightings, { known, history, marks, today });
  const organization = organizationSignals(fresh, features.standings, input.organization);
  const shows = (...wanted: readonly SignalId[]) =>
    fresh.some(({ signal }) => wanted.includes(signal));
  const asked: Readonly<Record<SignalGroup, boolean>> = {
    content: true,
    path: features.hasPath,
    'new-phone': shows('phone'),
    'new-link': shows('link', 'bare-domain'),
    'new-reply-to': shows('reply-to'),
    correspondent: organization.has('stranger-reply-to'),
    'domain-here': organization.has('stranger-domain'),
    elsewhere: organization.has('value-elsewhere'),
    'our-actors': features.levels.some(({ signal }) => signal === 'foreign-actor'),
  };
  const texts = baselineTexts(history);
  const quiet = quietReadings({ history, priors: causes.signals, pack, startingUp });
  const freshBySignal = Map.groupBy(fresh, ({ signal }) => signal);
  const ordinal = { features, observation, fresh, history, linksGone };
  const signals = signalIds
    .filter((signal) => asked[groupOf(signal)] && !(startingUp.content && needsHistory.has(signal)))
    .map((signal) => {
      const quantity =
        organization.get(signal) ?? measured.get(signal) ?? ordinalOf(signal, ordinal);
      if (quantity?.level === 0) return quiet.ofQuantity(signal);
      const shown = freshBySignal.get(signal);
      if (quantity === null && shown === undefined) return quiet.ofValues(signal);
      const isStartingUp = groupOf(signal) === 'path' ? startingUp.path : startingUp.content;
      const context = { signal, history, input, isStartingUp, texts };
      return quantity ? readQuantity(quantity, context) : readValues(shown ?? [], known, context);
    });
  return {
    history,
    signals,
    measured,
    rates: worldRatesOf({ features, fresh, known, observation, today, dayShare }),
    fresh,
    newText: newText(features, known),
    marks: marks.has,
    newCommonWords: newCommon.map(({ value }) => value),
    startingUp,
  };
}

/** Quantities that mean nothing before the alias's own are known. */
const needsHistory: ReadonlySet<SignalId> = new Set([
  'subject-words',
  'language',
  'links-gone',
  'volume',
  'new-actors',
  'actor-burst',
  'ramp',
]);

function isPathStartingUp(known: KnownValues, today: number): boolean {
  const record = known.recordOf(pathReach);
  return (
    record === null || record.count < startUp.messages || maturedDays(record, today) < startUp.days
  );
}

function newText({ subjectWords, sentences }: Features, known: KnownValues): readonly string[] {
  const text = [
    ...subjectWords.map(({ value }) => ({ table: 'subject-word', value })),
    ...sentences.map(({ value }) => ({ table: 'line', value })),
  ];
  return text
    .filter((value) => known.recordOf(value) === null && !known.isOrdinary(value))
    .map(({ value }) => value);
}

type SignalContext = {
  readonly signal: SignalId;
  readonly history: History;
  readonly input: ReadingInput;
  readonly isStartingUp: boolean;
  readonly texts: BaselineTexts;
};

/** A signal of values: shown, since one of them is not ordinary. */
function readValues(
  shown: readonly Sighting[],
  known: KnownValues,
  { signal, history, input, isStartingUp, texts }: SignalContext,
): SignalReading {
  const events = history.innovations(signal);
  const counted = honestRate({
    signal,
    events,
    prior: input.causes.signals[signal],
    pack: input.pack,
    history,
    isStartingUp,
    shown: shown.map(({ value }) => value),
  });
  const records = shown.map((sighting) => known.recordOf(sighting));
  const usual = Math.min(1, ...records.map((record) => usualShare(record, history, input.today)));
  const [first] = shown;
  const more = shown.length > 1 ? ` and ${shown.length - 1} more` : '';
  return {
    signal,
    level: 1,
    rate: bounded(Math.max(counted, usual)),
    isInnovation: records.includes(null),
    observed: `${first?.shown ?? ''}${more}`,
    baseline: texts.ofValue(records[0] ?? null),
  };
}

/** A signal of a quantity: shown at the level its own rule gives, 1 or above. */
function readQuantity(
  { level, shown }: Quantity,
  { signal, history, input, isStartingUp, texts }: SignalContext,
): SignalReading {
  const events = history.atLeast(signal, level);
  const rate = honestRate({
    signal,
    events,
    prior: input.causes.signals[signal],
    pack: input.pack,
    history,
    isStartingUp,
    shown: [String(level)],
  });
  return {
    signal,
    level,
    rate: bounded(rate),
    isInnovation: true,
    observed: shown(),
    baseline: texts.ofCount(events),
  };
}
