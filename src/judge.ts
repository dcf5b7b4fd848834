import type { Alias } from './alias/alias.ts';
import type { AuthenticationResults } from './authentication/results.ts';
import { dayOf } from './baseline/ledger.ts';
import type { BaselineStore, Commit } from './baseline/store.ts';
import { decideScored, isMature } from './decision/decide.ts';
import type { Decision } from './decision/decision.ts';
import type { ActiveRules } from './dependencies.ts';
import { extractFeatures } from './features/extract-features.ts';
import type { Pseudonym } from './features/hash.ts';
import type { Message } from './message/message.ts';
import type { Stage } from './observability/events.ts';
import { lessonOf } from './score/lesson.ts';
import { lookupsOf } from './score/known-values.ts';
import type { Score } from './score/score.ts';
import { scoreMessage } from './score/score-message.ts';
import type { Transaction } from './smtp/transaction.ts';
import { StageFailure } from './stage.ts';

/** A message that is authenticated as a watched alias, parsed. */
export type ToJudge = {
  readonly transaction: Transaction;
  readonly message: Message;
  readonly authentication: AuthenticationResults;
  readonly alias: Alias;
  /** The address that selected the alias. */
  readonly address: string;
  /** False where the proof is too weak to learn from. */
  readonly learnable: boolean;
};

/** What the message is, and what delivering it teaches. */
export type Judgement = {
  readonly score: Score;
  /** The alias's own history is long enough to hold mail. */
  readonly mature: boolean;
  readonly decision: Decision;
  /** What delivery of this message teaches, or null. */
  readonly lesson: Commit | null;
  /** What a later release of this message teaches, or null. */
  readonly releaseLesson: Commit | null;
};

export type JudgeDependencies = {
  readonly baselines: Pick<BaselineStore, 'observe'>;
  readonly pseudonym: Pseudonym;
  /** False reads the store without moving a counter (`check`, the twin of an injected message). */
  readonly countsTraffic: boolean;
  /** Wraps a stage, for its duration. */
  readonly timed: <Result>(stage: Stage, work: () => Result | Promise<Result>) => Promise<Result>;
};

/**
 * features → baseline → score → decision: one blocking round trip to the stores, everything else pure. Live mail and
 * archives go through here alike.
 * @throws StageFailure `store` when a baseline cannot be read.
 */
export async function judge(
  { transaction, message, authentication, alias, address, learnable }: ToJudge,
  { lists, causes, policy }: ActiveRules,
  { baselines, pseudonym, countsTraffic, timed }: JudgeDependencies,
): Promise<Judgement> {
  const features = await timed('features', () =>
    extractFeatures({ transaction, message, authentication, lists, pseudonym, address }),
  );
  const request = {
    alias: alias.id,
    at: transaction.receivedAt,
    values: lookupsOf(features),
    signature: features.signatureHash,
    recipients: features.recipients.map((recipient) => recipient.address),
    count: countsTraffic,
  };
  const observation = await timed('observe', () => baselines.observe(request)).catch(
    (error: unknown) => {
      throw new StageFailure('store', error);
    },
  );
  return timed('score', () => {
    const today = dayOf(transaction.receivedAt);
    const { pack } = alias;
    const { score, readings } = scoreMessage({ features, observation, pack, causes, today });
    const decision = decideScored({ score, alias, policy });
    const teaching = {
      alias: alias.id,
      day: today,
      transactionId: transaction.id,
      features,
      readings,
      scoreBits: score.bits,
    };
    const lesson = { ...teaching, withFeatures: decision.learnFeatures, withScore: true };
    const release = { ...teaching, withFeatures: true, withScore: false };
    return {
      score,
      mature: isMature(score, policy),
      decision,
      lesson: learnable ? lessonOf(lesson) : null,
      releaseLesson: learnable ? lessonOf(release) : null,
    };
  });
}
