import type { ToAppraise } from '../appraise.ts';
import type { SignalFit } from '../score/fit-priors.ts';
import type { Action, LimitKind, Mode } from '../decision/policy.ts';
import type { Verdict } from '../decision/decision.ts';

/** What became of a message, as far as rules decide it. */
export type Outcome = {
  readonly verdict: Verdict;
  /** What `enforce` would do. */
  readonly action: Action;
  /** What the mode for its recipients did. */
  readonly effectiveAction: Action;
  /** That mode. */
  readonly mode: Mode;
  readonly bits: number;
  readonly pValue: number;
  /** Id of the likeliest attack cause. */
  readonly cause: string;
  /** The ceiling on traffic that it was past, or null. */
  readonly limit: LimitKind | null;
};

/** What held for a message beside the rules, and would have held under others. */
export type Circumstances = {
  /** Usual watched messages a day at that time (`DailyVolume.perDay`), or null: what a budget of alerts a day comes to. */
  readonly watchedPerDay: number | null;
  /** Confirmed campaign that it shared something with, or null. */
  readonly attack: string | null;
  readonly breakerOpen: boolean;
  /** It was past the bound on holds of an hour, and tagged instead; absent in what was kept before this was asked. */
  readonly capped?: boolean;
  /** Ids of the conditions it met that read the message itself, which is not kept. */
  readonly contentMet: readonly string[];
  /** What the aliases of this site together said of signals then (`pooled-knowledge.ts`); empty before the first reading. */
  readonly fits: readonly SignalFit[];
};

/** All that is appraised again, but for the alias, which each set of rules has its own pack for, and for people. */
export type AppraisedMessage = Omit<ToAppraise, 'alias' | 'recipients'>;

/** A scored message as it is kept. Values are hidden (`hidden-values.ts`): no text of the message, no address. */
export type KeptMessage = {
  /** Transaction id; also that of the held message. */
  readonly id: string;
  readonly alias: string;
  /** Version of the rules that it was scored under, and what of them its features were read with. */
  readonly ruleset: string;
  readonly readWith: string;
  readonly appraised: AppraisedMessage;
  readonly circumstances: Circumstances;
  /** Envelope recipients, hidden (`hidden-recipients.ts`). */
  readonly recipients: readonly string[];
  readonly outcome: Outcome;
  readonly isHeld: boolean;
};
