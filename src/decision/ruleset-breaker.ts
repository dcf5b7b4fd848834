import type { Opening } from './breaker.ts';
import { systemicBits } from './systemic-bits.ts';

/** One judged message of a watched alias. */
export type JudgedEvent = {
  readonly atMs: number;
  /** Where the rules are harder on it than those before them: by what it can be told from others, and whether to hold it. */
  readonly graver: { readonly keys: readonly string[]; readonly isHeld: boolean } | null;
  /** The set before would not have kept it from its recipients, and it is kept. */
  readonly isHeldOnly: boolean;
};

/** Messages that share a value. */
type Attack = {
  readonly keys: readonly string[];
  readonly isHeld: boolean;
  /** Which of the judged messages was its last. */
  readonly last: number;
};

/** What became of mail under one set of rules since it came into force, beside the set before. */
export type RulesetWatch = {
  readonly ruleset: string;
  readonly previous: string;
  readonly judged: number;
  /** Messages that the set before would have done less about, and those that are held only because of this one. */
  readonly graver: number;
  readonly heldOnly: number;
  /** Those of the last messages, and which of the judged messages these were. */
  readonly attacks: readonly Attack[];
  readonly graverAt: readonly number[];
  readonly open: Opening | null;
  /** Somebody closed it: it does not open again for this set. */
  readonly isTrusted: boolean;
};

export type RulesetBreakerRules = {
  readonly enabled: boolean;
  /** What the gate allows a new set: shares of all judged mail, 0 to 1. */
  readonly gate: { readonly maxNewlyHeldShare: number; readonly maxNewlyTaggedShare: number };
};

/** Fewer attacks may be just that. */
const leastAttacks = 3;
/** A coincidence of one in a thousand. */
const leastBits = 10;
/** A gate that allows nothing would make every attack impossible. */
const leastShare = 1e-4;
/** What is measured: among all that a set has judged since it came into force, harm that begins later would be lost. */
const windowMessages = 1000;
const maxKeys = 200;

export function watchRuleset(ruleset: string, previous: string): RulesetWatch {
  const none = { judged: 0, graver: 0, heldOnly: 0, attacks: [], graverAt: [] };
  return { ruleset, previous, ...none, open: null, isTrusted: false };
}

/**
 * Is a new set wrong? Takes one judged message and opens where more is flagged only because of the set than the gate
 * would have let it flag. Messages that share a value are one attack and count once: a condition that catches a campaign
 * is what it was written for.
 */
export function advanceRulesetWatch(
  watch: RulesetWatch,
  { atMs, graver, isHeldOnly }: JudgedEvent,
  rules: RulesetBreakerRules,
): RulesetWatch {
  const judged = watch.judged + 1;
  const next = { ...watch, judged, ...(graver !== null && withGraver(watch, graver, judged)) };
  const mayOpen = graver !== null && watch.open === null && !watch.isTrusted && rules.enabled;
  const open = mayOpen ? opening(next, atMs, rules) : watch.open;
  // The message that opens it is not held any more, nor is what follows.
  return { ...next, open, heldOnly: watch.heldOnly + (isHeldOnly && open === null ? 1 : 0) };
}

/** By hand: somebody has looked, and the set is right. */
export function trustRuleset(watch: RulesetWatch): RulesetWatch {
  return { ...watch, open: null, isTrusted: true };
}

function withGraver(
  { attacks, graver, graverAt }: RulesetWatch,
  event: NonNullable<JudgedEvent['graver']>,
  at: number,
): Pick<RulesetWatch, 'attacks' | 'graver' | 'graverAt'> {
  const isRecent = (other: number) => other > at - windowMessages;
  return {
    graver: graver + 1,
    graverAt: [...graverAt.filter(isRecent), at],
    attacks: joined(
      attacks.filter(({ last }) => isRecent(last)),
      { ...event, last: at },
    ),
  };
}

/** Without a key nothing tells it from others: that is how honest mail looks, and each counts. */
function joined(attacks: readonly Attack[], { keys, isHeld, last }: Attack): readonly Attack[] {
  const shares = (attack: Attack) => attack.keys.some((key) => keys.includes(key));
  const same = attacks.filter(shares);
  const all = new Set([...same.flatMap((attack) => attack.keys), ...keys]);
  const one = {
    keys: [...all].slice(0, maxKeys),
    isHeld: isHeld || same.some((attack) => attack.isHeld),
    last,
  };
  return [...attacks.filter((attack) => !shares(attack)), one];
}

function opening(
  watch: Omit<RulesetWatch, 'open'>,
  atMs: number,
  { gate }: RulesetBreakerRules,
): Opening | null {
  const { ruleset, previous, heldOnly, attacks, graverAt } = watch;
  const judged = Math.min(watch.judged, windowMessages);
  const held = attacks.filter(({ isHeld }) => isHeld).length;
  const bits = Math.max(
    bitsOf(judged, gate.maxNewlyTaggedShare, attacks.length),
    bitsOf(judged, gate.maxNewlyHeldShare, held),
  );
  if (bits < leastBits) return null;
  const reason = `${graverAt.length} of ${watch.judged > judged ? 'the last ' : ''}${judged} messages are flagged only because of ruleset ${ruleset}, and share too little to be an attack (${bits.toFixed(1)} bits)`;
  return {
    atMs,
    cause: 'ruleset',
    ruleset,
    reason,
    advice: rollbackAdvice({ heldOnly, ruleset, previous }),
  };
}

function bitsOf(judged: number, share: number, attacks: number): number {
  if (attacks < leastAttacks) return 0;
  return systemicBits(judged, Math.max(leastShare, share), attacks);
}

/** How to get back what a set keeps, in one sentence. */
export function rollbackAdvice({
  heldOnly,
  ruleset,
  previous,
}: Pick<RulesetWatch, 'heldOnly' | 'ruleset' | 'previous'>): string {
  const many = heldOnly === 1 ? '1 message is' : `${heldOnly} messages are`;
  return `${many} held only because of ruleset ${ruleset}: \`aliaswatch rules rollback --release-held\` restores ${previous} and delivers them`;
}
