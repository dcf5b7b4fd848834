import type { BreakerPolicy } from './policy.ts';
import { systemicBits } from './systemic-bits.ts';

/**
 * Why it opened: one signal on unrelated vendors, more aliases at once than coincidence allows, a new set of rules that
 * flags too much alone (`ruleset-breaker.ts`), or an operator's word.
 */
export const breakerCauses = ['signal', 'systemic', 'ruleset', 'hand'] as const;
export type BreakerCause = (typeof breakerCauses)[number];

/** One scored message of a watched alias. */
export type ScoredEvent = {
  readonly atMs: number;
  readonly alias: string;
  readonly vendor: string;
  /** Messages of the alias in the sliding hour. */
  readonly hourMessages: number;
  /** What it was flagged for, or null: the signal with the most bits, and the keys of its campaign. */
  readonly flag: { readonly signal: string; readonly keys: readonly string[] } | null;
};

type Active = {
  readonly vendor: string;
  readonly atMs: number;
  readonly hourMessages: number;
  /** Of its last message that was looked at. */
  readonly budget: number;
};
type Flag = {
  readonly atMs: number;
  readonly alias: string;
  readonly vendor: string;
  readonly signal: string;
  readonly keys: readonly string[];
};

export type Opening = {
  readonly atMs: number;
  readonly cause: BreakerCause;
  /** For a person; begins in lower case. */
  readonly reason: string;
  /** The rules whose mail alone is only tagged; absent where it is all mail. */
  readonly ruleset?: string;
  /** What to do about it, in one sentence; absent where nothing is left to do. */
  readonly advice?: string;
};

export type Breaker = {
  readonly active: ReadonlyMap<string, Active>;
  /** Oldest first. */
  readonly flags: readonly Flag[];
  readonly open: Opening | null;
};

export const closedBreaker: Breaker = { active: new Map(), flags: [], open: null };

export type BreakerRules = BreakerPolicy & {
  /** Chance per honest message of this alias of being flagged: the tag budget. */
  readonly budget: number;
};

const minuteMs = 60_000;
const windowMs = 60 * minuteMs;
/** Often enough to tell which aliases are active within the hour. */
const refreshMs = 5 * minuteMs;
const maxAliases = 1000;
const maxFlags = 1000;
const maxFlagsPerAlias = 20;

/** Flags that one value connects are an attack, whatever else they share (detection 2.10). */
const attackShare = 0.3;
const signalShare = 0.7;
const leastVendors = 3;
/** Three vendors under one signal may be three attackers; together with this many bits of coincidence they are not. */
const lookBits = 10;
/** Least chance that an alias is flagged in an hour, however quiet it is. */
const leastUsual = 0.01;

/**
 * Attack, or are we broken? Takes one scored message and says whether flags now share a signal where attacks would share
 * a value. Aliases are counted, not messages: a flood through one alias hides nothing.
 */
export function advanceBreaker(breaker: Breaker, event: ScoredEvent, rules: BreakerRules): Breaker {
  const next: Breaker = {
    active: withActive(breaker.active, event, rules),
    flags: withFlag(breaker.flags, event),
    open: breaker.open,
  };
  if (!rules.enabled) return next.open === null ? next : { ...next, open: null };
  if (next.open !== null) return { ...next, open: stillOpen(next, next.open, event, rules) };
  // Only a flag can make it worse.
  return event.flag === null ? next : { ...next, open: opening(next, event.atMs, rules) };
}

/** By hand: what was flagged until now is forgiven, so that the same flags do not open it again. */
export function closeBreaker(breaker: Breaker): Breaker {
  return { ...breaker, flags: [], open: null };
}

function withActive(
  active: Breaker['active'],
  event: ScoredEvent,
  { budget }: BreakerRules,
): Breaker['active'] {
  const { alias, vendor, atMs, hourMessages, flag } = event;
  const before = active.get(alias);
  if (before && flag === null && Math.abs(atMs - before.atMs) < refreshMs) return active;
  const recent = [...active].filter(
    ([id, entry]) => id !== alias && Math.abs(atMs - entry.atMs) <= windowMs,
  );
  return new Map([...recent.slice(-maxAliases), [alias, { vendor, atMs, hourMessages, budget }]]);
}

function withFlag(flags: readonly Flag[], { flag, ...event }: ScoredEvent): readonly Flag[] {
  if (flag === null) return flags;
  const { atMs, alias, vendor } = event;
  const name = flag.keys.join();
  const isRepetition = (earlier: Flag) =>
    earlier.alias === alias && earlier.signal === flag.signal && earlier.keys.join() === name;
  const ofAlias = flags.filter((earlier) => earlier.alias === alias);
  const oldest = ofAlias.length >= maxFlagsPerAlias ? ofAlias[0] : null;
  const recent = flags.filter(
    (earlier) =>
      earlier !== oldest && Math.abs(atMs - earlier.atMs) <= windowMs && !isRepetition(earlier),
  );
  return [...recent.slice(-maxFlags), { atMs, alias, vendor, ...flag }];
}

function stillOpen(
  breaker: Breaker,
  open: Opening,
  { atMs }: ScoredEvent,
  rules: BreakerRules,
): Opening | null {
  const quietMs = rules.quietMinutes * minuteMs;
  if (atMs - open.atMs < quietMs) return open;
  const { bits, valueShare } = patternOf(breaker, { atMs, windowMs: quietMs });
  return bits >= lookBits && valueShare < attackShare ? open : null;
}

function opening(breaker: Breaker, atMs: number, rules: BreakerRules): Opening | null {
  const pattern = patternOf(breaker, { atMs, windowMs });
  const { flagged, active, vendors, bits, valueShare, signal } = pattern;
  // One vendor's aliases flagged together are that vendor's doing: a redesign, or its account in other hands.
  if (vendors < leastVendors || valueShare >= attackShare || bits < lookBits) return null;
  const many = `${flagged} of ${active} aliases were flagged within an hour (${bits.toFixed(1)} bits)`;
  if (signal.share > signalShare && signal.vendors >= leastVendors) {
    const reason = `${many}, of ${signal.vendors} vendors for "${signal.id}" with no value in common`;
    return { atMs, cause: 'signal', reason };
  }
  if (bits < rules.systemicBits) return null;
  return { atMs, cause: 'systemic', reason: `${many} with no value in common` };
}

type Pattern = {
  readonly flagged: number;
  readonly active: number;
  /** Whose aliases were flagged. */
  readonly vendors: number;
  readonly bits: number;
  /** Largest share of the flagged aliases that one value connects, 0 where none connects two. */
  readonly valueShare: number;
  /** The signal that flagged most aliases. */
  readonly signal: { readonly id: string; readonly share: number; readonly vendors: number };
};

function patternOf(
  { active, flags }: Breaker,
  { atMs, windowMs }: { readonly atMs: number; readonly windowMs: number },
): Pattern {
  const recent = flags.filter((flag) => Math.abs(atMs - flag.atMs) <= windowMs);
  const flagged = new Set(recent.map(({ alias }) => alias)).size;
  const hourly = [...active.values()].filter((entry) => Math.abs(atMs - entry.atMs) <= windowMs);
  const usual = hourly.map(({ hourMessages, budget }) =>
    Math.max(leastUsual, 1 - (1 - budget) ** hourMessages),
  );
  const mean = usual.reduce((sum, chance) => sum + chance, 0) / Math.max(1, usual.length);
  const byValue = aliasesBy(recent, ({ keys }) => keys);
  const [connected = 0] = [...byValue.values()].map(({ aliases }) => aliases.size).sort(descending);
  const bySignal = aliasesBy(recent, ({ signal }) => [signal]);
  const [leading] = [...bySignal].sort(
    ([, left], [, right]) => right.aliases.size - left.aliases.size,
  );
  return {
    flagged,
    active: hourly.length,
    vendors: new Set(recent.map(({ vendor }) => vendor)).size,
    bits: systemicBits(hourly.length, mean, flagged),
    valueShare: connected > 1 ? connected / flagged : 0,
    signal: {
      id: leading?.[0] ?? '',
      share: (leading?.[1].aliases.size ?? 0) / Math.max(1, flagged),
      vendors: leading?.[1].vendors.size ?? 0,
    },
  };
}

type Sharers = { readonly aliases: Set<string>; readonly vendors: Set<string> };

function aliasesBy(
  flags: readonly Flag[],
  namesOf: (flag: Flag) => readonly string[],
): ReadonlyMap<string, Sharers> {
  const sharers = new Map<string, Sharers>();
  for (const flag of flags) {
    for (const name of namesOf(flag)) {
      const entry = sharers.get(name) ?? { aliases: new Set(), vendors: new Set() };
      entry.aliases.add(flag.alias);
      entry.vendors.add(flag.vendor);
      sharers.set(name, entry);
    }
  }
  return sharers;
}

function descending(left: number, right: number): number {
  return right - left;
}
