import type { Alias } from '../../alias/alias.ts';
import { archivedTransaction, assumeAuthenticated } from '../../archive/archived-transaction.ts';
import { dayOf } from '../../baseline/ledger.ts';
import type { BaselineStore, Commit } from '../../baseline/store.ts';
import { decideScored } from '../../decision/decide.ts';
import type { Decision } from '../../decision/decision.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { extractFeatures } from '../../features/extract-features.ts';
import type { Pseudonym } from '../../features/hash.ts';
import type { Message } from '../../message/message.ts';
import { lessonOf } from '../../score/lesson.ts';
import { lookupsOf } from '../../score/known-values.ts';
import { scoreMessage } from '../../score/score-message.ts';
import type { Score } from '../../score/score.ts';

export type Scored = {
  readonly score: Score;
  readonly decision: Decision;
  readonly lesson: Commit;
};

export type ToScore = {
  readonly id: string;
  readonly message: Message;
  readonly alias: Alias;
  readonly receivedAt: Date;
  readonly countsTraffic: boolean;
};

export type Scorer = (asked: ToScore) => Promise<Scored>;

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
  const { causes, lists, policy } = rules;
  return async ({ id, message, alias, receivedAt, countsTraffic }) => {
    const transaction = archivedTransaction({
      id,
      bytes: Buffer.alloc(0),
      header: message,
      receivedAt,
    });
    const address = message.from[0]?.address ?? '';
    const features = extractFeatures({
      transaction,
      message,
      authentication: assumeAuthenticated(message),
      lists,
      pseudonym,
      address,
    });
    const observation = await store.observe({
      alias: alias.id,
      at: receivedAt,
      values: lookupsOf(features),
      signature: null,
      recipients: features.recipients.map((recipient) => recipient.address),
      count: countsTraffic,
    });
    const today = dayOf(receivedAt);
    const { score, readings } = scoreMessage({
      features,
      observation,
      pack: alias.pack,
      causes,
      today,
    });
    const decision = decideScored({ score, alias, policy });
    const lesson = lessonOf({
      alias: alias.id,
      day: today,
      transactionId: id,
      features,
      readings,
      scoreBits: score.bits,
      withFeatures: decision.learnFeatures,
      withScore: true,
    });
    return { score, decision, lesson };
  };
}
