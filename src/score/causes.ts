import type { SignalId } from '../features/signals.ts';
import type { BetaMixture } from './beta-mixture.ts';

/** How likely a signal is under a cause; a list gives one chance per level from level 1 up, the last one holds on. */
export type Chance = number | readonly number[];

export type AttackCause = {
  readonly id: string;
  /** What a person reads: "callback lure in a slot". */
  readonly title: string;
  readonly weight: number;
  readonly chances: Readonly<Partial<Record<SignalId, Chance>>>;
};

/** A prior that follows the alias: at most `atMost`, `times` the alias's own largest rate among `of`. */
export type FollowingPrior = {
  readonly atMost: number;
  readonly times: number;
  readonly of: readonly SignalId[];
};

/**
 * A prior that history knows more of than the rates of signals: `forwarder`, how often mail to these recipients comes
 * forwarded; `substitution`, `base` times what the traffic of the new values says of a redesign. At most `atMost`.
 */
export type LearnedPrior =
  | { readonly from: 'forwarder'; readonly atMost: number }
  | { readonly from: 'substitution'; readonly base: number; readonly atMost: number };

export type BenignCause = {
  readonly id: string;
  readonly title: string;
  /** The first benign cause, `steady`, takes what the others leave; its prior is null. */
  readonly prior: number | FollowingPrior | LearnedPrior | null;
  readonly chances: Readonly<Partial<Record<SignalId, Chance>>>;
};

/**
 * Prior of the benign rate, fitted over aliases (measured C2), and how often an honest notification shows the thing at
 * all: what counts while an alias has no history to be new against.
 */
export type SignalPrior = {
  readonly components: BetaMixture;
  readonly cold: number;
  /**
   * `cold` of one thing among those the signal stands for, by value of its table, by the value's first word, or by
   * level: emoji in a subject are common, telephone numbers are not.
   */
  readonly coldBy: Readonly<Partial<Record<string, number>>>;
};

/** `rules/causes.yaml`. */
export type CauseTable = {
  readonly signals: Readonly<Record<SignalId, SignalPrior>>;
  readonly attack: readonly AttackCause[];
  readonly benign: readonly BenignCause[];
};
