import type { Opening } from '../decision/breaker.ts';
import type { OnlyUnder } from '../decision/decision.ts';
import {
  advanceRulesetWatch,
  trustRuleset,
  watchRuleset,
  type RulesetBreakerRules,
  type RulesetWatch,
} from '../decision/ruleset-breaker.ts';
import type { Events } from '../observability/events.ts';

/** A message as its rules leave it, beside what the set before makes of it. */
export type Compared = {
  readonly previous: string;
  readonly only: OnlyUnder | null;
  /** By what it can be told from others. */
  readonly keys: readonly string[];
  /** Its rules want it kept from its recipients, whatever the mode makes of that. */
  readonly isHeld: boolean;
  /** What the set before lets a new one flag: with its own, a set could loosen what it is measured by. */
  readonly gate: RulesetBreakerRules['gate'];
};

export type UnderRules = {
  readonly ruleset: string;
  readonly atMs: number;
  /** Null where the rules are not new, or nothing is known to compare them with. */
  readonly compared: Compared | null;
};

/** What somebody says of the breaker of a set of rules, or of that of all mail; every process of a site is told. */
export type BreakerWord = {
  readonly state: 'open' | 'closed';
  readonly cause: 'ruleset' | 'hand';
  /** Version that it is about; null: all mail. */
  readonly ruleset: string | null;
  readonly reason: string;
  readonly atMs: number;
};

/** Which sets of rules flag too much alone, and what people said about the breaker. */
export type RulesetWatches = {
  /** Counts a message and says why its rules only tag, or null. */
  readonly note: (
    under: UnderRules,
    policy: Pick<RulesetBreakerRules, 'enabled'>,
  ) => Opening | null;
  readonly obey: (word: BreakerWord) => void;
  /**
   * From here on these are in force, for all mail or a share of it. What is known of others holds for messages on their way
   * alone, and as long at least as those take; nobody is told of it any more.
   */
  readonly follow: (rulesets: readonly string[], swapped: Swapped) => void;
  readonly watches: () => readonly RulesetWatch[];
  readonly byHand: () => Opening | null;
};

/** When other sets came into force, and how long messages may have those before. */
export type Swapped = { readonly atMs: number; readonly inFlightMs: number };

/** In force, candidate, and what other processes say of theirs. */
const maxWatches = 8;

export function watchRulesets(
  events: Pick<Events, 'breakerOpened' | 'breakerClosed'>,
): RulesetWatches {
  const watches = new Map<string, RulesetWatch>();
  /** Of sets that only messages on their way have. */
  const late = new Map<string, { readonly watch: RulesetWatch; readonly untilMs: number }>();
  let followed: readonly string[] = [];
  let byHand: Opening | null = null;

  const become = (next: RulesetWatch) => {
    const before = watches.get(next.ruleset)?.open ?? null;
    watches.delete(next.ruleset);
    watches.set(next.ruleset, next);
    if (before === null && next.open !== null) events.breakerOpened(next.open);
    const [oldest] = watches.keys();
    if (watches.size > maxWatches && oldest !== undefined) forget(oldest);
    if (before !== null && next.open === null) tellClosed();
  };
  const forget = (ruleset: string) => {
    const wasOpen = (watches.get(ruleset)?.open ?? null) !== null;
    watches.delete(ruleset);
    if (wasOpen) tellClosed();
  };
  const tellClosed = () => {
    if ([...watches.values()].every(({ open }) => open === null)) events.breakerClosed('ruleset');
  };
  const setByHand = (next: Opening | null) => {
    const before = byHand;
    byHand = next;
    if (before === null && next !== null) events.breakerOpened(next);
    if (before !== null && next === null) events.breakerClosed('hand');
  };
  const watchOf = (ruleset: string, previous: string) =>
    late.get(ruleset)?.watch ?? watches.get(ruleset) ?? watchRuleset(ruleset, previous);
  const keep = (next: RulesetWatch) => {
    const former = late.get(next.ruleset);
    if (former === undefined) become(next);
    else late.set(next.ruleset, { ...former, watch: next });
  };
  const openFor = (ruleset: string) => byHand ?? watchOf(ruleset, '').open;
  return {
    note: ({ ruleset, atMs, compared }, { enabled }) => {
      if (compared !== null) {
        const { previous, only, keys, isHeld, gate } = compared;
        const graver = only?.isGraverOnly === true ? { keys, isHeld } : null;
        const event = { atMs, graver, isHeldOnly: only?.isHeldOnly === true };
        const before = { ...watchOf(ruleset, previous), previous };
        keep(advanceRulesetWatch(before, event, { enabled, gate }));
      }
      return openFor(ruleset);
    },
    obey: ({ state, cause, ruleset, reason, atMs }) => {
      if (ruleset === null) {
        setByHand(state === 'open' ? { atMs, cause: 'hand', reason } : null);
        return;
      }
      const before = watchOf(ruleset, '');
      if (state === 'closed') keep(trustRuleset(before));
      else if (before.open === null && !before.isTrusted)
        keep({ ...before, open: { atMs, cause, ruleset, reason } });
    },
    follow: (rulesets, { atMs, inFlightMs }) => {
      for (const [ruleset, { untilMs }] of late)
        if (untilMs < atMs || rulesets.includes(ruleset)) late.delete(ruleset);
      for (const ruleset of new Set([...followed, ...watches.keys()])) {
        if (rulesets.includes(ruleset)) continue;
        late.set(ruleset, { watch: watchOf(ruleset, ''), untilMs: atMs + inFlightMs });
        forget(ruleset);
      }
      followed = rulesets;
    },
    watches: () => [...watches.values()],
    byHand: () => byHand,
  };
}
