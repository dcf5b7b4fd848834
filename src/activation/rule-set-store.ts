import type { RuleFiles } from '../config/rule-source.ts';

/** What a candidate is used for before it is in force. */
export type Stage =
  /** Everything is held against it as well, and nothing is decided by it. */
  | { readonly kind: 'shadow' }
  /** It decides for this share of all messages, 0 to 1. */
  | { readonly kind: 'canary'; readonly share: number }
  /** It decides for messages all of whose recipients are in these domains. */
  | { readonly kind: 'canary'; readonly recipientDomains: readonly string[] };

export type Candidate = { readonly version: string; readonly stage: Stage };

/** Which sets mail is judged by, on every process and node that shares the store. */
export type InForce = {
  /** Grows by one with every change; 0 where nothing was ever activated. */
  readonly sequence: number;
  /** Version; null only at sequence 0. */
  readonly active: string | null;
  readonly candidate: Candidate | null;
  /** Versions that were rolled back: only an operator's word brings them back. */
  readonly ignored: readonly string[];
};

/** How a change came about. */
export const activationWays = ['start', 'file', 'sighup', 'cli', 'console', 'rollback'] as const;
export type ActivationWay = (typeof activationWays)[number];

/** One line of the history. */
export type Activation = {
  readonly version: string;
  /** What was in force before; null at the first. */
  readonly previous: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** Login name, or the name of the host that saw a changed file. */
  readonly by: string;
  readonly via: ActivationWay;
  readonly stage: 'enforce' | Stage['kind'];
  /** A step had refused it. */
  readonly forced: boolean;
  readonly reason: string;
  /** What the steps found, a sentence each. */
  readonly steps: readonly string[];
};

export type RuleSetChange = {
  readonly next: Omit<InForce, 'sequence'>;
  readonly entry: Activation;
  /** Files of the version that `entry` names, unless they are stored. */
  readonly files: RuleFiles | null;
};

/** Most sets whose files are kept; those in use are always among them. */
export const keptSets = 50;
/** Most lines of history. */
export const keptActivations = 1000;

/**
 * Rule sets that were activated, who activated them, and which are in force: shared by all processes of a baseline
 * store. Every call rejects with one sentence when the store does not answer.
 */
export interface RuleSetStore extends AsyncDisposable {
  readonly inForce: () => Promise<InForce>;
  /** Files of a set; null where they are not kept. @throws DamagedRules. */
  readonly filesOf: (version: string) => Promise<RuleFiles | null>;
  /** Whether a set was ever activated, as far as the history reaches. */
  readonly isKnown: (version: string) => Promise<boolean>;
  /** Newest first. */
  readonly history: (limit: number) => Promise<readonly Activation[]>;
  /**
   * Changes all of it at once, or nothing: false where something was changed since `sequence`.
   * Whoever dies in the middle has changed nothing.
   */
  readonly change: (sequence: number, change: RuleSetChange) => Promise<boolean>;
}

export const nothingInForce: InForce = { sequence: 0, active: null, candidate: null, ignored: [] };
