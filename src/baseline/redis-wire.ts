import { actorTraffic, newActorHours, silentHours, type ActorTraffic } from './actor-traffic.ts';
import { dailyDays, dayOf, hourOf, maturationDays, type Snapshot } from './ledger.ts';
import * as retention from './retention.ts';
import type { Commit, Observation, ObserveRequest, StoredValue, StoreLimits } from './store.ts';
import * as form from './stored-form.ts';
import { forgetDay, sketchOf } from './value-record.ts';

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

export const fixedKeys = ['d', 's', 'h', 'o', 'k', 'a', 'w', 'c'];
export const tablePrefix = 'v:';

const secondsPerDay = 86_400;

/** Arguments of redis-observe.lua, where they are explained. */
export function observeCall(
  request: ObserveRequest,
  limits: StoreLimits,
  { known, unusedGeneration }: VersionedSnapshot,
): ScriptCall {
  const { alias, actor, at, recipients, signature } = request;
  const day = dayOf(at);
  const epoch = form.epochOf(day);
  const names = ['d', 's', 'h', `r:${epoch}`, `r:${epoch - 1}`, 'k', 'a', 'w', 'c'];
  const values = [{ table: 'reach' }, { table: 'actor' }, ...request.values];
  const { keys, placeOf } = keysOf(alias, names, values);
  const { keep, most } = retention.signaturesPerEpoch;
  return [
    keys.length,
    ...keys,
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
      form.recipientCodes(recipients),
      `r:${epoch}`,
    ],
    ...[keep, most, retention.signatureDays * secondsPerDay],
    ...[retention.hours.keepWithin, retention.hours.most, retention.hourDays * secondsPerDay],
    ...[actor === '' ? '' : form.storedActor(actor), form.storedValue(actor), sketchOf(recipients)],
    ...[silentHours, newActorHours, retention.actors.keep, retention.actors.most],
    retention.actorDays * secondsPerDay,
    ...[dailyDays, retention.trafficDays.keep, retention.trafficDays.most, day],
    valuesText(request.values, placeOf),
  ];
}

/** Two of each value: the place of its table, and how it is stored. */
function valuesText(
  values: readonly { readonly table: string; readonly value: string }[],
  placeOf: (table: string) => number,
): string {
  const told: (string | number)[] = [];
  for (const { table, value } of values) told.push(placeOf(table), form.storedValue(value));
  return JSON.stringify(told);
}

type ActorReply = readonly [
  messages: number,
  messagesBefore: number,
  recipients: number,
  recipientsBefore: number,
  isNew: number,
];
type NewcomersReply = readonly [active: number, stayed: number, activeBefore: number];

type ObserveReply = readonly [
  reach: string | false,
  thisHour: number,
  previousHour: number,
  signatureRecipients: number,
  actor: ActorReply | false,
  newcomers: NewcomersReply,
  dayMessages: readonly [today: number, yesterday: number],
  version: string,
  snapshot: string | false,
  ...records: (string | false)[],
];

/** JSON, where nothing is false as in Lua: a record, or a snapshot whose version is the `known` one. */
export function readObservation(reply: unknown, at: Date, known: Snapshot | null): Observation {
  const answer = JSON.parse(reply as string) as ObserveReply;
  const [reach, thisHour, previousHour, signatureRecipients, ...more] = answer;
  const [actor, newcomers, [today, yesterday], version, text, ...records] = more;
  const decode = (record: string | false) => (record === false ? null : form.decodeRecord(record));
  if (text === false && known === null) throw new Error('the snapshot is missing from the reply');
  return {
    records: records.map(decode),
    reach: decode(reach),
    signatureRecipients,
    hourMessages: form.slidingHour(thisHour, previousHour, at),
    traffic: readTraffic(actor, newcomers, at),
    dayMessages: { today, yesterday },
    snapshot: known !== null && text === false ? known : { version, ...readSnapshot(text || '') },
  };
}

/** One that was built before there was a daily series is taken until the next day. */
function readSnapshot(text: string): Omit<Snapshot, 'version'> {
  return { daily: [], ...(JSON.parse(text) as Omit<Snapshot, 'version' | 'daily'>) };
}

function readTraffic(
  actor: ActorReply | false,
  [active, stayed, activeBefore]: NewcomersReply,
  at: Date,
): ActorTraffic {
  const hours = {
    newcomers: { active, stayed },
    before: { active: activeBefore, stayed: 0 },
    passed: form.passedOfHour(at),
  };
  if (actor === false) return actorTraffic(null, hours);
  const [messages, messagesBefore, recipients, recipientsBefore, isNew] = actor;
  const row = { messages, messagesBefore, recipients, recipientsBefore };
  return actorTraffic({ row, isNew: isNew === 1 }, hours);
}

/** Arguments of redis-commit.lua, for commits of one alias and one day. */
export function commitCall(
  { alias, day }: Pick<Commit, 'alias' | 'day'>,
  commits: readonly Commit[],
  limits: StoreLimits,
): ScriptCall {
  const { tables, keys, placeOf } = keysOf(
    alias,
    ['d', 's', 'o', 'k'],
    commits.flatMap(({ values }) => values),
  );
  const applied = retention.appliedCommits;
  const buckets = retention.bucketBounds(limits);
  return [
    keys.length,
    ...keys,
    day,
    ...[applied.keep, applied.most, retention.appliedDays * secondsPerDay],
    ...[buckets.keep, buckets.most, limits.values],
    JSON.stringify(
      tables.flatMap((table) => [tablePrefix + table, retention.valueCap(table, limits)]),
    ),
    JSON.stringify(
      commits.map(({ id, counters, values }) => [
        form.storedCommitId(id),
        counterPairs(counters),
        touchesOf(values, placeOf),
      ]),
    ),
  ];
}

/** Five of each value: the place of its table, how it is stored, and the sketches of who is behind it. */
function touchesOf(
  values: Commit['values'],
  placeOf: (table: string) => number,
): readonly (string | number)[] {
  const touches: (string | number)[] = [];
  for (const { table, value, domains, recipients, actors } of values) {
    touches.push(placeOf(table), form.storedValue(value));
    touches.push(domains >>> 0, recipients >>> 0, actors >>> 0);
  }
  return touches;
}

/** Arguments of redis-retract.lua; `today` is the machine's day. */
export function retractCall(
  { alias, id, day, counters, values }: Commit,
  today: number,
): ScriptCall {
  const { tables, keys, placeOf } = keysOf(alias, ['d', 's', 'o', 'k'], values);
  const applied = retention.appliedCommits;
  return [
    keys.length,
    ...keys,
    ...[form.storedRetractionId(id), form.storedCommitId(id)],
    ...[retention.areCommitsKnown(day, today) ? 1 : 0, day],
    ...[applied.keep, applied.most, retention.appliedDays * secondsPerDay],
    JSON.stringify(counterPairs(counters)),
    JSON.stringify(tables.map((table) => tablePrefix + table)),
    valuesText(values, placeOf),
  ];
}

/** Arguments of redis-forget-day.lua: every record that knows the day, with what it becomes. */
export function forgetDayCall(
  alias: string,
  day: number,
  values: readonly StoredValue[],
): ScriptCall {
  const { tables, keys, placeOf } = keysOf(alias, ['d', 's', 'k', 'c'], values);
  const changes = values.flatMap(({ table, value, record }) => {
    const rest = forgetDay(record, day);
    if (rest === record) return [];
    return [
      placeOf(table),
      value,
      form.encodeRecord(record),
      rest === null ? '' : form.encodeRecord(rest),
    ];
  });
  return [
    keys.length,
    ...keys,
    day,
    JSON.stringify(tables.map((table) => tablePrefix + table)),
    JSON.stringify(changes),
  ];
}

/** Arguments of redis-erase.lua. */
export function eraseCall(alias: string, table: string, value: string): ScriptCall {
  const name = tablePrefix + table;
  return [2, keyOf(alias, name), sizesKey(alias), form.storedValue(value), name];
}

/**
 * Keys of an alias, those of the tables of `values` last, and the place of each of these among KEYS. Loops instead of
 * array methods, here and below: this runs twice for every message.
 */
function keysOf(
  alias: string,
  names: readonly string[],
  values: readonly { readonly table: string }[],
) {
  const tables: string[] = [];
  const keys = names.map((name) => keyOf(alias, name));
  const places = new Map<string, number>();
  for (const { table } of values)
    if (!places.has(table)) {
      tables.push(table);
      places.set(table, keys.push(keyOf(alias, tablePrefix + table)));
    }
  return { tables, keys, placeOf: (table: string) => places.get(table) ?? 0 };
}

/** Pairs of a name and an amount. */
function counterPairs(counters: Commit['counters']): readonly (string | number)[] {
  const pairs: (string | number)[] = [];
  for (const name in counters) pairs.push(name.toWellFormed(), counters[name] ?? 0);
  return pairs;
}
