import { noAlerts } from '../../alerts/alerts.ts';
import type { Alias } from '../../alias/alias.ts';
import { archivedTransaction, assumeAuthenticated } from '../../archive/archived-transaction.ts';
import type { AuthenticationResults } from '../../authentication/results.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import type { ActiveRules } from '../../dependencies.ts';
import type { Pseudonym } from '../../features/hash.ts';
import { judge, type Judgement } from '../../judge.ts';
import type { Message } from '../../message/message.ts';
import type { Transaction } from '../../smtp/transaction.ts';

type Scored = {
  readonly message: Message;
  readonly alias: Alias;
  readonly countsTraffic: boolean;
};

export type ToScore = Scored & { readonly id: string; readonly receivedAt: Date };

export type TransactionToScore = Scored & {
  readonly transaction: Transaction;
  readonly authentication: AuthenticationResults;
};

export type Scorer = (asked: ToScore) => Promise<Judgement>;
export type TransactionScorer = (asked: TransactionToScore) => Promise<Judgement>;

export type ScorerOptions = {
  readonly rules: ActiveRules;
  readonly store: BaselineStore;
  readonly pseudonym: Pseudonym;
};

/** The stages features → baseline → score → decision, on mail whose way here is given. */
export function createTransactionScorer({
  rules,
  store,
  pseudonym,
}: ScorerOptions): TransactionScorer {
  return ({ transaction, message, authentication, alias, countsTraffic }) => {
    const address = message.from[0]?.address ?? '';
    return judge({ transaction, message, authentication, alias, address, learnable: true }, rules, {
      baselines: store,
      alerts: noAlerts,
      organization: null,
      pseudonym,
      countsTraffic,
      timed: async (_, work) => work(),
    });
  };
}

/**
 * The same on archived mail: authentication is assumed to pass and nothing is known of the sending path, for honest mail
 * and attacks alike.
 */
export function createScorer(options: ScorerOptions): Scorer {
  const score = createTransactionScorer(options);
  return ({ id, message, alias, receivedAt, countsTraffic }) =>
    score({
      message,
      alias,
      countsTraffic,
      transaction: archivedTransaction({ id, bytes: Buffer.alloc(0), header: message, receivedAt }),
      authentication: assumeAuthenticated(message),
    });
}
