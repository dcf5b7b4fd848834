import {
  forgetDay,
  maturedDays,
  sketchBit,
  sketchSize,
  touchRecord,
  type ValueRecord,
} from '../baseline/value-record.ts';
import type { Acquaintance } from './organization.ts';

/**
 * What is remembered of one domain or correspondent, as text: hexadecimal integers, the last day and the number of days
 * first, since they decide what leaves when a ledger is full. At most 64 bytes, so that Redis packs it densely.
 */
export type AcquaintanceTouch = {
  readonly day: number;
  /** Sketch of the senders that showed it. */
  readonly senders: number;
  readonly written: boolean;
  /** Messages. */
  readonly count: number;
};

/** Senders beyond which their sketch tells nothing. */
const mostSenders = 30;

/** The sketch of one sender; empty for none. */
export function senderSketch(sender: string): number {
  return sender === '' ? 0 : sketchBit(sender);
}

/** Adds the messages of one day; the order of days and of touches does not matter. */
export function touchAcquaintance(text: string | null, touch: AcquaintanceTouch): string {
  const masks = {
    table: '',
    value: '',
    domains: touch.senders,
    recipients: 0,
    actors: touch.written ? 1 : 0,
  };
  const record = touchRecord(text === null ? null : decode(text), masks, touch.day);
  return encode({ ...record, count: record.count + touch.count - 1 });
}

/** What a message received on `today` may rely on: nothing before a day has matured, or a campaign made itself known. */
export function acquaintanceOf(text: string, today: number): Acquaintance {
  const record = decode(text);
  const days = maturedDays(record, today);
  const senders = days === 0 ? 0 : Math.min(mostSenders, sketchSize(record.domains));
  return { days, senders, written: record.actors !== 0 };
}

/** For people. */
export function describeAcquaintance(text: string) {
  const { firstDay, lastDay, days, domains, actors, count } = decode(text);
  return { firstDay, lastDay, days, senders: sketchSize(domains), written: actors !== 0, count };
}

/** Takes one day back; null when no other day is known. */
export function acquaintanceWithoutDay(text: string, day: number): string | null {
  const record = decode(text);
  const rest = forgetDay(record, day);
  if (rest === record) return text;
  return rest === null ? null : encode(rest);
}

function encode(record: ValueRecord): string {
  const { firstDay, lastDay, days, recentDays, domains, actors, count } = record;
  return [lastDay, days, firstDay, recentDays, domains, actors, count]
    .map((part) => part.toString(16))
    .join(',');
}

function decode(text: string): ValueRecord {
  const parts = text.split(',').map((part) => Number.parseInt(part, 16));
  const [lastDay = 0, days = 0, firstDay = 0, recentDays = 0, domains = 0, actors = 0, count = 0] =
    parts;
  return { firstDay, lastDay, days, recentDays, domains, recipients: 0, actors, count };
}
