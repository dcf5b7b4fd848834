import { maturationDays } from './ledger.ts';

/**
 * What is remembered of one value (a link domain, a phone number …) of one alias. Sketches are 32-bit linear-counting
 * masks: enough to tell "at least five", and OR makes them mergeable (Whang et al. 1990).
 */
export type ValueRecord = {
  readonly firstDay: number;
  readonly lastDay: number;
  /** Distinct days on which the value was learned. */
  readonly days: number;
  /** Bit i set: learned on day `lastDay - i`; unsigned 32 bits. */
  readonly recentDays: number;
  readonly domains: number;
  readonly recipients: number;
  readonly actors: number;
  /** Messages it was learned from. */
  readonly count: number;
};

/** One learning of one value. Sketch masks have the bits of this message's recipients set. */
export type ValueTouch = {
  readonly table: string;
  readonly value: string;
  readonly domains: number;
  readonly recipients: number;
  readonly actors: number;
};

/** Adds one learning on `day`. Order of days does not matter within 32 days of the newest. */
export function touchRecord(
  record: ValueRecord | null,
  touch: ValueTouch,
  day: number,
): ValueRecord {
  if (record === null) {
    const { domains, recipients, actors } = touch;
    return {
      firstDay: day,
      lastDay: day,
      days: 1,
      recentDays: 1,
      domains,
      recipients,
      actors,
      count: 1,
    };
  }
  const lastDay = Math.max(record.lastDay, day);
  const shift = lastDay - record.lastDay;
  const shifted = shift > 31 ? 0 : (record.recentDays << shift) >>> 0;
  const offset = lastDay - day;
  const bit = offset > 31 ? 0 : (1 << offset) >>> 0;
  const isNewDay = bit !== 0 && (shifted & bit) === 0;
  return {
    firstDay: Math.min(record.firstDay, day),
    lastDay,
    days: record.days + (isNewDay ? 1 : 0),
    recentDays: (shifted | bit) >>> 0,
    domains: (record.domains | touch.domains) >>> 0,
    recipients: (record.recipients | touch.recipients) >>> 0,
    actors: (record.actors | touch.actors) >>> 0,
    count: record.count + 1,
  };
}

/**
 * Takes one learned day back; null when no other day is known. Exact for the last 32 days of the record, and a day
 * further back leaves it as it is. Masks and `count` stay: a sketch cannot forget a member.
 */
export function forgetDay(record: ValueRecord, day: number): ValueRecord | null {
  const offset = record.lastDay - day;
  const bit = offset < 0 || offset > 31 ? 0 : (1 << offset) >>> 0;
  if ((record.recentDays & bit) === 0) return record;
  if (record.days === 1) return null;
  const days = record.days - 1;
  const recentDays = (record.recentDays & ~bit) >>> 0;
  if (recentDays === 0) return { ...record, lastDay: record.firstDay, days, recentDays: 1 };
  const newest = Math.clz32(1) - Math.clz32(recentDays & -recentDays);
  const oldest = Math.clz32(1) - Math.clz32(recentDays);
  return {
    ...record,
    firstDay: day === record.firstDay ? record.lastDay - oldest : record.firstDay,
    lastDay: record.lastDay - newest,
    days,
    recentDays: recentDays >>> newest,
  };
}

/** Takes one touch back; null when it was the only one. Days and masks stay: others may have taught them too. */
export function untouchRecord(record: ValueRecord): ValueRecord | null {
  return record.count <= 1 ? null : { ...record, count: record.count - 1 };
}

/** Distinct days at least `maturationDays` before `today` on which the value was learned. */
export function maturedDays(record: ValueRecord, today: number): number {
  let immature = 0;
  for (let day = today; day > today - maturationDays; day--) {
    const offset = record.lastDay - day;
    if (offset >= 0 && offset < 32 && ((record.recentDays >>> offset) & 1) === 1) immature++;
  }
  return record.days - immature;
}

/** 32 mixed bits of a text, unsigned (Fowler-Noll-Vo 1a, high half folded in). */
export function fnv1a(text: string): number {
  let mixed = 2_166_136_261;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 16_777_619);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** The mask bit of one member of a sketch; `hash` is any text with uniform characters. */
export function sketchBit(hash: string): number {
  return (1 << (fnv1a(hash) & 31)) >>> 0;
}

export function sketchOf(members: readonly string[]): number {
  return members.reduce((mask, member) => (mask | sketchBit(member)) >>> 0, 0);
}

/** By bits that are set. */
const sizes = Array.from({ length: 33 }, (_, ones) =>
  Math.round(32 * Math.log(32 / Math.max(32 - ones, 1))),
);

/** Members of a sketch, estimated: -32 ln(zero bits / 32), rounded; 0 to 111. Source: Whang et al. 1990. */
export function sketchSize(mask: number): number {
  let ones = 0;
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) ones++;
  return sizes[ones] ?? 0;
}
