import type { Alias } from '../../../alias/alias.ts';
import { archivedTransaction, assumeAuthenticated } from '../../../archive/archived-transaction.ts';
import type { AuthenticationResults } from '../../../authentication/results.ts';
import type { BaselineStore } from '../../../baseline/store.ts';
import { factsOf, type Facts } from '../facts.ts';
import type { TransactionScorer } from '../scorer.ts';
import type { Delivery } from './delivery.ts';

/** What a scenario may do with its own copy of the alias's history. */
export type Play = {
  /** Scores, counts traffic, and learns as production would. */
  readonly deliver: (delivery: Delivery) => Promise<Facts>;
  /** Scores and leaves no trace. */
  readonly probe: (delivery: Delivery) => Promise<Facts>;
};

export function createPlay({
  alias,
  store,
  score,
}: {
  readonly alias: Alias;
  readonly store: BaselineStore;
  readonly score: TransactionScorer;
}): Play {
  const judge = (delivery: Delivery, countsTraffic: boolean) =>
    score({
      message: delivery.message,
      alias,
      countsTraffic,
      transaction: transactionOf(delivery),
      authentication: authenticationOf(delivery),
    });
  return {
    deliver: async (delivery) => {
      const judgement = await judge(delivery, true);
      if (judgement.lesson) await store.commit(judgement.lesson);
      return factsOf(judgement);
    },
    probe: async (delivery) => factsOf(await judge(delivery, false)),
  };
}

function transactionOf({ id, message, receivedAt, recipients, ...path }: Delivery) {
  const archived = archivedTransaction({ id, bytes: Buffer.alloc(0), header: message, receivedAt });
  return {
    ...archived,
    connection: {
      ...archived.connection,
      clientAddress: path.clientAddress,
      helo: `mail.${path.spfDomain}`,
    },
    envelope: {
      ...archived.envelope,
      mailFrom: path.mailFrom,
      rcptTo: recipients,
      rcptParameters: recipients.map(() => ''),
    },
  };
}

function authenticationOf({ message, ...path }: Delivery): AuthenticationResults {
  const assumed = assumeAuthenticated(message);
  return {
    ...assumed,
    spf: { result: 'pass', domain: path.spfDomain },
    dkim: assumed.dkim.map((signature) => ({
      ...signature,
      selector: path.selector,
      signatureHash: path.signatureHash,
      signedAtSeconds: Math.floor(path.signedAt.getTime() / 1000),
    })),
  };
}
