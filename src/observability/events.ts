import type { AuthenticationResults } from '../authentication/results.ts';
import type { Decision } from '../decision/decision.ts';
import type { FailureCause } from '../decision/policy.ts';
import type { Header } from '../message/header.ts';
import type { Score } from '../score/score.ts';
import type { Reply } from '../smtp/reply.ts';
import type { Transaction } from '../smtp/transaction.ts';

/** Stages whose duration is measured. */
export type Stage =
  'parse' | 'authenticate' | 'features' | 'observe' | 'score' | 'deliver' | 'commit';

/** What the log line and the counters of one transaction are made of. */
export type CompletedTransaction = {
  readonly transaction: Transaction;
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  /** Alias id, or null for unwatched mail. */
  readonly alias: string | null;
  readonly score: Score | null;
  readonly decision: Decision;
  readonly reply: Reply;
  readonly ruleset: string;
};

/** One function per event: counter and log line together. None throws. */
export interface Events {
  transactionCompleted(completed: CompletedTransaction): void;
  /** A stage took `durationMs`. */
  stageMeasured(stage: Stage, durationMs: number): void;
  /** Something we depend on failed and mail went on (or was deferred) without it. */
  failedOpen(cause: FailureCause, error: unknown, transactionId: string): void;
  /** A message was held: log line and metric are the notice until notices exist. */
  messageHeld(id: string, alias: string, sizeBytes: number): void;
  /** A message could not be held; the client keeps it. */
  holdFailed(error: unknown, transactionId: string): void;
  /** A lesson could not be stored; delivery is not affected. */
  lessonLost(error: unknown, transactionId: string): void;
}
