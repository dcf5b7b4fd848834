import type { Alias, MailFunction } from '../alias/alias.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import type { Observation } from '../baseline/store.ts';
import type { Features } from '../features/features.ts';
import type { Lists } from '../features/lists.ts';
import type { Message } from '../message/message.ts';
import type { Readings } from '../score/readings.ts';
import type { Score } from '../score/score.ts';
import type { Transaction } from '../smtp/transaction.ts';

/** The message itself, as far as conditions may ask for it. */
export type MessageContent = {
  readonly message: Message;
  readonly transaction: Pick<Transaction, 'envelope' | 'content'>;
  readonly authentication: AuthenticationResults;
  /** The address that selected the alias. */
  readonly address: string;
};

/** Everything the view of a condition is read from. */
export type ViewSource = {
  readonly alias: Alias;
  readonly purpose: MailFunction | null;
  readonly features: Pick<Features, 'recipients'>;
  readonly observation: Observation;
  readonly readings: Pick<Readings, 'signals' | 'startingUp'>;
  /** Of the message, before any condition. */
  readonly score: Score;
  readonly verdict: string;
  readonly isMature: boolean;
  readonly lists: Lists;
  /** Null where only features were kept (backtest). */
  readonly content: MessageContent | null;
};
