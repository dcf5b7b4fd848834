import { noAlerts } from '../../alerts/alerts.ts';
import type { Alias } from '../../alias/alias.ts';
import { archivedTransaction, assumeAuthenticated } from '../../archive/archived-transaction.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import type { ActiveRules } from '../../dependencies.ts';
import type { Pseudonym } from '../../features/hash.ts';
import { judge, type Judgement } from '../../judge.ts';
import type { Message } from '../../message/message.ts';

export type ToScore = {
  readonly id: string;
  readonly message: Message;
  readonly alias: Alias;
  readonly receivedAt: Date;
  readonly countsTraffic: boolean;
};

export type Scorer = (asked: ToScore) => Promise<Judgement>;

/**
 * The stages features → baseline → score → decision on archived mail: authentication is assumed to pass and nothing is
 * known of the sending path, for honest mail and attacks alike.
 */
export function createScorer({
  rules,
  store,
  pseudonym,
}: {
  readonly rules: ActiveRules;
  readonly store: BaselineStore;
  readonly pseudonym: Pseudonym;
}): Scorer {
  return ({ id, message, alias, receivedAt, countsTraffic }) => {
    const transaction = archivedTransaction({
      id,
      bytes: Buffer.alloc(0),
      header: message,
      receivedAt,
    });
    const authentication = assumeAuthenticated(message);
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
