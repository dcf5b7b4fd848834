import { counterNames } from '../baseline/history.ts';
import type { Counters } from '../baseline/ledger.ts';
import { sketchOf, type ValueTouch } from '../baseline/value-record.ts';
import type { Commit } from '../baseline/store.ts';
import type { Features } from '../features/features.ts';
import { valueHash } from '../features/hash.ts';
import { groupOf } from '../features/signals.ts';
import { DistinctValues } from './distinct-values.ts';
import { learnedForwarderValues } from './forwarding.ts';
import { isReplaceable, pathReach, pendingName } from './known-values.ts';
import { binOf } from './measured-signals.ts';
import { ownMarks } from './own-marks.ts';
import type { Readings } from './readings.ts';

/**
 * `all`: delivered and undisputed. `release`: an operator's word, which makes values known but widens no tail.
 * `pending`: flagged; only how much of the alias's traffic its new domains and layout make up, which tells a redesign
 * from an attack. The scores of flagged mail are left out, or three copies of a campaign would buy the fourth its way.
 */
export type Teaching = 'all' | 'release' | 'pending' | 'nothing';

export type LessonInput = {
  readonly alias: string;
  /** Day of receipt. */
  readonly day: number;
  /** Hour of receipt, since 1970 (UTC). */
  readonly hour: number;
  readonly transactionId: string;
  readonly features: Features;
  readonly readings: Readings;
  readonly scoreBits: number;
  readonly teaches: Teaching;
  /**
   * Campaign of a flagged message, or null. Released, it does not widen how far out of the ordinary the alias is thought
   * to be, which would cover for any other attack.
   */
  readonly campaign: string | null;
  /** Released copies count once as well; of the others the values alone gather days and recipients. */
  readonly isCopy: boolean;
};

/**
 * What one message adds to its alias's ledger, or null for nothing. Its id is the same for the same signature to the same
 * recipients.
 */
export function lessonOf({
  alias,
  day,
  hour,
  transactionId,
  features,
  readings,
  scoreBits,
  teaches,
  campaign,
  isCopy,
}: LessonInput): Commit | null {
  if (teaches === 'nothing') return null;
  const isUndisputed = campaign === null;
  const counters = [
    ...(teaches !== 'pending' && !isCopy ? featureCounters(features, readings, isUndisputed) : []),
    ...(teaches !== 'pending' && !isCopy ? [counterNames.hourOfWeek(hour)] : []),
    ...(teaches === 'all' ? [counterNames.score(scoreBits)] : []),
  ];
  const recipients = features.recipients.map(({ address }) => address).join(',');
  const identity =
    features.signatureHash === null
      ? transactionId
      : valueHash(`${features.signatureHash} ${recipients}`);
  return {
    // A release teaches what the held message did not: the two must not be taken for the same lesson.
    id: `${teaches}-${identity}`,
    alias,
    day,
    counters: counted(counters),
    values:
      teaches === 'pending' ? pendingTouches(features, readings) : touchesOf(features, readings),
  };
}

/**
 * A name that is there twice counts twice. Without a prototype it is a dictionary from the start: names are data, and V8
 * would keep a shape for every order in which messages have brought them.
 */
function counted(names: readonly string[]): Counters {
  const counters = Object.create(null) as Record<string, number>;
  for (const name of names) counters[name] = (counters[name] ?? 0) + 1;
  return counters;
}

function pendingTouches(features: Features, { fresh }: Readings): readonly ValueTouch[] {
  const masks = masksOf(features);
  const names = fresh.filter(isReplaceable).map(pendingName);
  return [...new Set(names)].map((value) => ({ table: 'pending', value, ...masks }));
}

function masksOf({ recipients, actor }: Features) {
  return {
    domains: sketchOf(recipients.map(({ domain }) => domain)),
    recipients: sketchOf(recipients.map(({ address }) => address)),
    actors: sketchOf([actor]),
  };
}

function featureCounters(
  features: Features,
  readings: Readings,
  isUndisputed: boolean,
): readonly string[] {
  const isTrial = !readings.startingUp.content;
  return [
    counterNames.messages,
    ...wordCounters(features),
    ...(isTrial ? trialCounters(readings) : []),
    ...(isTrial && isUndisputed ? binCounters(readings) : []),
    ...firstCounters(readings),
  ];
}

/** How often mail has a thing at all can be told only while everything is new: what `cold` is fitted to. */
function firstCounters({ signals, startingUp }: Readings): readonly string[] {
  const first = signals.filter(({ signal }) =>
    groupOf(signal) === 'path' ? startingUp.path : startingUp.content,
  );
  const groups = new Set(first.map(({ signal }) => groupOf(signal)));
  return [
    ...[...groups].map((group) => counterNames.firstAsked(group)),
    ...first.filter(({ level }) => level > 0).map(({ signal }) => counterNames.firstShown(signal)),
  ];
}

function trialCounters({ signals: asked, startingUp }: Readings): readonly string[] {
  const signals = startingUp.path
    ? asked.filter(({ signal }) => groupOf(signal) !== 'path')
    : asked;
  const innovations = signals
    .filter((reading) => reading.level > 0 && reading.isInnovation)
    .map(({ signal }) => counterNames.innovations(signal));
  const levels = signals
    .filter((reading) => reading.level > 0)
    .map(({ signal, level }) => counterNames.level(signal, level));
  const groups = new Set(signals.map(({ signal }) => groupOf(signal)));
  return [...[...groups].map((group) => counterNames.trials(group)), ...innovations, ...levels];
}

function binCounters({ measured }: Readings): readonly string[] {
  return [...measured].map(([signal, { value }]) => counterNames.bin(signal, binOf(signal, value)));
}

function wordCounters({ subject, sentences }: Features): readonly string[] {
  const inSubject = new Set(subject.hits.map(({ word }) => word));
  const inBody = new Set(sentences.flatMap(({ hits }) => hits.map(({ word }) => word)));
  return [
    ...[...inSubject].map((word) => counterNames.word('subject', word)),
    ...[...inBody].map((word) => counterNames.word('body', word)),
  ];
}

function touchesOf(
  features: Features,
  { newCommonWords, signals, startingUp, marks }: Readings,
): readonly ValueTouch[] {
  const { hasPath, sightings, subjectWords, sentences, actor } = features;
  const masks = masksOf(features);
  const values = new DistinctValues();
  values.add('reach', '*');
  for (const mark of marks) values.add(ownMarks[mark].table, ownMarks[mark].value);
  if (hasPath) values.add(pathReach.table, pathReach.value);
  // While the path is still new every message looks forwarded.
  for (const { table, value } of startingUp.path ? [] : learnedForwarderValues(features, signals))
    values.add(table, value);
  values.add('actor', actor);
  for (const { table, value } of sightings) values.add(table, value);
  for (const { value } of subjectWords) values.add('subject-word', value);
  for (const value of newCommonWords) values.add('body-word', value);
  for (const { value } of sentences) values.add('line', value);
  return values.all.map(({ table, value }) => ({ table, value, ...masks }));
}
