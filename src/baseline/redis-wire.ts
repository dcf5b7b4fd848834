import { dayOf, hourOf, maturationDays, type Snapshot } from './ledger.ts';
import * as retention from './retention.ts';
import type { Commit, Observation, ObserveRequest, StoredValue, StoreLimits } from './store.ts';
import * as form from './stored-form.ts';
import { forgetDay } from './value-record.ts';

/** What the scripts of the Redis store are asked, and how their replies read. */
export type ScriptCall = readonly [keyCount: number, ...keysAndArguments: (string | number)[]];

export type VersionedSnapshot = {
  readonly known: Snapshot | null;
  readonly unusedGeneration: number;
};

/** Hash of table keys and replay epochs of an alias (`v:domain`, `r:5180`) with the tables' sizes. */
export function sizesKey(alias: string): string {
  return keyOf(alias, 'k');
}

export function keyOf(alias: string, name: string): string {
  return `aw:{${alias}}:${name}`;
}

export const fixedKeys = ['d', 's', 'h', 'o', 'k'];
export const tablePrefix = 'v:';

const secondsPerDay = 86_400;

/** Arguments of redis-observe.lua, where they are explained. */
export function observeCall(
  request: ObserveRequest,
  limits: StoreLimits,
  { known, unusedGeneration }: VersionedSnapshot,
): ScriptCall {
  const { alias, at, signature } = request;
  const day = dayOf(at);
  const epoch = form.epochOf(day);
  const tables = new Set(['reach', ...request.values.map(({ table }) => table)]);
  const keys = [
    'd',
    's',
    'h',
    `r:${epoch}`,
    `r:${epoch - 1}`,
    'k',
    ...[...tables].map((table) => tablePrefix + table),
  ];
  const { keep, most } = retention.signaturesPerEpoch;
  return [
    keys.length,
    ...keys.map((name) => keyOf(alias, name)),
    ...[
      request.count ? 1 : 0,
      known?.version ?? '',
      day - maturationDays,
      day - limits.windowDays,
      unusedGeneration,
    ],
    ...[hourOf(at), hourOf(at) - 1],
    ...[
      signature === null ? '' : form.storedSignature(signature),
      form.recipientCodes(request.recipients),
      `r:${epoch}`,
    ],
    ...[keep, most, retention.signatureDays * secondsPerDay],
    ...[retention.hours.keepWithin, retention.hours.most, retention.hourDays * secondsPerDay],
    ...request.values.flatMap(({ table, value }) => [
      keys.indexOf(tablePrefix + table) + 1,
      form.storedValue(value),
    ]),
  ];
}

type ObserveReply = readonly [
  reach: string | null,
  thisHour: number,
  previousHour: number,
  signatureRecipients: number,
  version: string,
  snapshot: string | null,
  ...records: (string | null)[],
];

/** The snapshot text is null where its version is the `known` one. */
export function readObservation(reply: unknown, at: Date, known: Snapshot | null): Observation {
  const [reach, thisHour, previousHour, signatureRecipients, version, text, ...records] =
    reply as ObserveReply;
  const decode = (record: string | null) => (record === null ? null : form.decodeRecord(record));
  if (text === null && known === null) throw new Error('the snapshot is missing from the reply');
  return {
    records: records.map(decode),
    reach: decode(reach),
    signatureRecipients,
    hourMessages: form.slidingHour(thisHour, previousHour, at),
    snapshot:
      known !== null && text === null
        ? known
        : { version, ...(JSON.parse(text ?? '') as Omit<Snapshot, 'version'>) },
  };
}

/** Arguments of redis-commit.lua. */
export function commitCall(commit: Commit, limits: StoreLimits): ScriptCall {
  const tables = [...new Set(commit.values.map(({ table }) => table))];
  const keys = ['d', 's', 'o', 'k', ...tables.map((table) => tablePrefix + table)];
  const applied = retention.appliedCommits;
  const buckets = retention.bucketBounds(limits);
  const counters = Object.entries(commit.counters);
  return [
    keys.length,
    ...keys.map((name) => keyOf(commit.alias, name)),
    ...[form.storedCommitId(commit.id), commit.day],
    ...[applied.keep, applied.most, retention.appliedDays * secondsPerDay],
    ...[buckets.keep, buckets.most, limits.values, counters.length],
    ...counters.flat(),
    ...tables.flatMap((table) => [tablePrefix + table, retention.valueCap(table, limits)]),
    ...commit.values.flatMap(({ table, value, domains, recipients, actors }) => [
      ...[keys.indexOf(tablePrefix + table) + 1, form.storedValue(value)],
      ...[domains >>> 0, recipients >>> 0, actors >>> 0],
    ]),
  ];
}

/** Arguments of redis-forget-day.lua: every record that knows the day, with what it becomes. */
export function forgetDayCall(
  alias: string,
  day: number,
  values: readonly StoredValue[],
): ScriptCall {
  const tables = [...new Set(values.map(({ table }) => table))];
  const keys = ['d', 's', 'k', ...tables.map((table) => tablePrefix + table)];
  const changes = values.flatMap(({ table, value, record }) => {
    const rest = forgetDay(record, day);
    if (rest === record) return [];
    return [
      keys.indexOf(tablePrefix + table) + 1,
      value,
      form.encodeRecord(record),
      rest === null ? '' : form.encodeRecord(rest),
    ];
  });
  return [
    keys.length,
    ...keys.map((name) => keyOf(alias, name)),
    day,
    ...tables.map((table) => tablePrefix + table),
    ...changes,
  ];
}
