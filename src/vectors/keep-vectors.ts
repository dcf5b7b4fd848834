import type { Analysis } from '../analysis.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Transaction } from '../smtp/transaction.ts';

/** A message that the pipeline is done with, and the rules (with the policy for its recipients) that it was scored under. */
export type ScoredToKeep = {
  readonly transaction: Transaction;
  readonly analysis: Analysis;
  readonly rules: ActiveRules;
};
