import type { Action, FailureCause, LimitKind } from './policy.ts';

/** Verdicts of DESIGN 10. `unwatched` mail is nobody's alias: authenticated, not scored. */
export type Verdict =
  | 'unwatched'
  | 'clean'
  | 'suspicious'
  | 'anomalous'
  | 'learning'
  | 'impersonation'
  | 'unverified'
  | 'unavailable';

/** What rules that came into force lately made of a message, and those before them would not have. */
export type OnlyUnder = {
  /** Version of the rules it was judged by. */
  readonly ruleset: string;
  /** The set before lets it go to its recipients, tagged at most. */
  readonly isHeldOnly: boolean;
  /** The set before would have done less about it, whatever the mode: nothing, or a tag instead of a hold. */
  readonly isGraverOnly: boolean;
};

export type Decision = {
  readonly verdict: Verdict;
  /** What `enforce` would do. */
  readonly action: Action;
  /** What the current mode does. */
  readonly effectiveAction: Action;
  /** One sentence for a person; empty where there is nothing to explain. */
  readonly reason: string;
  /** Features and score are learned only from mail that is delivered and undisputed. */
  readonly learnFeatures: boolean;
  /** Of flagged mail that is delivered, how much of the alias's traffic its new domains make up. */
  readonly learnPending: boolean;
  /** Ids of the conditions that the message meets, in the order of their file. */
  readonly conditions: readonly string[];
  /** The ceiling that forced the action, or null. */
  readonly limit: LimitKind | null;
  /** What this flagged message shares with others of its kind, as an id; null where nothing is flagged. */
  readonly campaign: string | null;
  /** Another message of the campaign came before it. */
  readonly isCopy: boolean;
  /** Something of ours seems broken: nothing beyond a tag is done, and nothing is learned (DESIGN 7). */
  readonly breakerOpen: boolean;
  /** Null where the rules are not new, or the set before says the same. */
  readonly onlyUnder: OnlyUnder | null;
  /** Set when the verdict is `unavailable`. */
  readonly failure: FailureCause | null;
};
