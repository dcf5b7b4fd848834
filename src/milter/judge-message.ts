import { renderFields } from '../action/header-fields.ts';
import { withoutForgedFields } from '../action/without-forged-fields.ts';
import type { Handle } from '../smtp/client-session.ts';
import { isPositive, type Reply } from '../smtp/reply.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { replyWith } from './answer.ts';
import type { MilterTransaction } from './milter-transaction.ts';

/** What became of a message; labels of a metric. `not-judged`: of a client that has logged in. */
export const milterOutcomes = ['accepted', 'held', 'refused', 'not-judged', 'failed'] as const;

export type MilterOutcome = (typeof milterOutcomes)[number];

export type JudgeOptions = {
  readonly handle: Handle;
  readonly authservId: string;
  readonly onError: (error: Error) => void;
  readonly onOutcome: (outcome: MilterOutcome, of: { id: string; queueId: string }) => void;
};

/** A message that has come whole. */
export type WholeMessage = {
  readonly transaction: Transaction;
  readonly mta: MilterTransaction;
  /** Its client has logged in to the mail server: it is one of ours, and no vendor. */
  readonly isOfUser: boolean;
};

/** What remains to be answered; null where the mail server has its answer. */
export async function judgeMessage(
  { transaction, mta, isOfUser }: WholeMessage,
  { handle, authservId, onError, onOutcome }: JudgeOptions,
): Promise<Buffer | null> {
  const ids = { id: transaction.id, queueId: transaction.queueId ?? '' };
  // Without what only we may write, which nobody would know from our own.
  const passUnjudged = async (fields: readonly string[]): Promise<Reply> => {
    const { content } = await withoutForgedFields(transaction, authservId);
    return mta.deliver(renderFields(fields), content);
  };
  if (isOfUser) {
    await passUnjudged([]);
    onOutcome('not-judged', ids);
    return null;
  }
  try {
    const answer = await handle(transaction, mta);
    if (isPositive(answer)) onOutcome(mta.wasHeld ? 'held' : 'accepted', ids);
    else onOutcome(mta.isAnswered ? 'failed' : 'refused', ids);
    return mta.isAnswered ? null : replyWith(answer);
  } catch (error) {
    onError(error as Error);
    onOutcome('failed', ids);
    if (mta.isAnswered) return null;
    await passUnjudged([
      `X-Aliaswatch-Verdict: unavailable; cause=bug; action=pass; id=${transaction.id}`,
    ]);
    return null;
  }
}
