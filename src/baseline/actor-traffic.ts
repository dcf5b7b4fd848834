import { maturationDays } from './ledger.ts';
import { sketchSize, type ValueRecord } from './value-record.ts';

/**
 * How busy one actor (tenant, merchant, sharer) is, and how many new ones write through an alias: per actor a campaign
 * may be quiet, 8 messages from each of 250 tenants, while the number of new tenants is loud (detection 2.4).
 * redis-observe.lua counts the same.
 */

/** An actor is new for a day from its first message, unless it was learned. */
export const newActorHours = 24;
/** An actor that is silent for longer is forgotten. */
export const silentHours = 26;
const mostRecipients = 32;

/** What is remembered of one actor: the last clock hour it wrote in, and the hour before that. */
export type ActorRow = {
  /** Clock hour of its first message. */
  readonly firstHour: number;
  readonly hour: number;
  readonly messages: number;
  readonly messagesBefore: number;
  /** Sketches of the recipients in both hours (value-record.ts). */
  readonly recipients: number;
  readonly recipientsBefore: number;
};

/** New actors that wrote in a clock hour, and those of them that had already written in the hour before. */
export type Newcomers = { readonly active: number; readonly stayed: number };

export const noNewcomers: Newcomers = { active: 0, stayed: 0 };

/** Traffic of one message's actor, this message included; of nobody, all but `newActorsThisHour` is 0. */
export type ActorTraffic = {
  /** Messages of the actor in the sliding hour. */
  readonly actorHourMessages: number;
  /** Distinct recipients of these, an estimate; saturates at 32. */
  readonly actorHourRecipients: number;
  /** First seen less than a day ago, and nothing matured was learned of it. */
  readonly actorIsNew: boolean;
  /** Distinct actors in the sliding hour that were new when they wrote. */
  readonly newActorsThisHour: number;
};

/** The row that one more message leaves behind, and the one as of the message's own hour. */
type Seen = { readonly stored: ActorRow; readonly asOf: ActorRow };

/** One message of an actor in clock hour `hour`; of one that comes hours late nothing but its age is counted. */
export function seeActor(row: ActorRow | null, hour: number, recipients: number): Seen {
  const first = {
    firstHour: hour,
    hour,
    messages: 1,
    messagesBefore: 0,
    recipients,
    recipientsBefore: 0,
  };
  const age = row === null ? Infinity : hour - row.hour;
  if (row === null || age > silentHours) return { stored: first, asOf: first };
  const firstHour = Math.min(row.firstHour, hour);
  if (age < -1) return { stored: row, asOf: { ...first, firstHour } };
  if (age > 0) {
    const before = age === 1 ? row : { messages: 0, recipients: 0 };
    const later = {
      ...first,
      firstHour,
      messagesBefore: before.messages,
      recipientsBefore: before.recipients,
    };
    return { stored: later, asOf: later };
  }
  if (age === 0) {
    const more = {
      ...row,
      messages: row.messages + 1,
      recipients: (row.recipients | recipients) >>> 0,
    };
    return { stored: more, asOf: more };
  }
  const messages = row.messagesBefore + 1;
  const mask = (row.recipientsBefore | recipients) >>> 0;
  return {
    stored: { ...row, firstHour, messagesBefore: messages, recipientsBefore: mask },
    asOf: { ...first, firstHour, messages, recipients: mask },
  };
}

export function isNewActor(
  { firstHour, hour }: ActorRow,
  learned: ValueRecord | null,
  today: number,
): boolean {
  const isLearned = learned !== null && learned.firstDay <= today - maturationDays;
  return hour - firstHour < newActorHours && !isLearned;
}

/** Counts a new actor once an hour. */
export function addNewcomer(
  newcomers: Newcomers,
  { messages, messagesBefore }: ActorRow,
): Newcomers {
  if (messages > 1) return newcomers;
  return {
    active: newcomers.active + 1,
    stayed: newcomers.stayed + (messagesBefore > 0 ? 1 : 0),
  };
}

/** The hour before counts by what is left of it in the last 60 minutes; `passed` is the share of this hour gone by. */
export function actorTraffic(
  actor: { readonly row: Omit<ActorRow, 'firstHour' | 'hour'>; readonly isNew: boolean } | null,
  hours: { readonly newcomers: Newcomers; readonly before: Newcomers; readonly passed: number },
): ActorTraffic {
  const { newcomers, before, passed } = hours;
  const sliding = (inThisHour: number, onlyBefore: number) =>
    Math.round(inThisHour + (1 - passed) * Math.max(0, onlyBefore));
  const newActorsThisHour = sliding(newcomers.active, before.active - newcomers.stayed);
  if (actor === null)
    return {
      actorHourMessages: 0,
      actorHourRecipients: 0,
      actorIsNew: false,
      newActorsThisHour,
    };
  const { messages, messagesBefore, recipients, recipientsBefore } = actor.row;
  const distinct = sketchSize(recipients);
  const withBefore = sketchSize((recipients | recipientsBefore) >>> 0);
  return {
    actorHourMessages: sliding(messages, messagesBefore),
    actorHourRecipients: Math.min(mostRecipients, sliding(distinct, withBefore - distinct)),
    actorIsNew: actor.isNew,
    newActorsThisHour,
  };
}
