import { createHash } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Analysis } from '../../analysis.ts';
import { archivedTransaction } from '../../archive/archived-transaction.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { readHeader } from '../../message/header.ts';
import type { OfflineAnalysis } from '../offline-analysis.ts';
import type { OrganizationLessons } from './organization-lessons.ts';
import type { Arrival, Spool } from './spool.ts';

/** What became of a message of a watched alias. */
export type Outcome = 'learned' | 'flagged' | 'notAuthenticated' | 'unreadable';

export type AliasCounts = { readonly alias: string; readonly messages: number } & Readonly<
  Record<Outcome, number>
>;

export type LearnInput = {
  readonly spool: Spool;
  readonly analysis: OfflineAnalysis;
  readonly baselines: Pick<BaselineStore, 'commit'>;
  readonly organization: OrganizationLessons;
  /** Learns from flagged mail too: the operator's word outweighs ours. */
  readonly includeFlagged: boolean;
  readonly signal: AbortSignal;
  readonly onMessage: () => void;
};

/** Analyses and learns in order of arrival, as production would have; counts per alias, in order of their ids. */
export async function learnMail({
  spool,
  analysis,
  organization,
  signal,
  onMessage,
  ...learning
}: LearnInput): Promise<readonly AliasCounts[]> {
  const counts = new Map<string, { alias: string; messages: number } & Record<Outcome, number>>();
  for await (const arrival of spool.inOrder()) {
    signal.throwIfAborted();
    await organization.countUntil(arrival.arrivedAt);
    const transaction = transactionOf(arrival);
    const analysed = await analysis.analyse(transaction);
    const alias = analysed.alias ?? '';
    const count = counts.get(alias) ?? {
      alias,
      messages: 0,
      learned: 0,
      flagged: 0,
      notAuthenticated: 0,
      unreadable: 0,
    };
    counts.set(alias, count);
    count.messages++;
    count[await learn(analysed, learning)]++;
    await organization.count(transaction, analysed);
    onMessage();
    await yieldToOthers(); // a store in a file never waits, and signals would not be heard
  }
  await organization.countUntil(null);
  return [...counts.values()].sort((a, b) => a.alias.localeCompare(b.alias));
}

/** The same message at the same time has the same id, so that learning it again changes nothing. */
function transactionOf({ bytes, arrivedAt }: Arrival) {
  const digest = createHash('sha256').update(arrivedAt.toISOString()).update(bytes).digest('hex');
  return archivedTransaction({
    id: digest.slice(0, 20),
    bytes,
    header: readHeader(bytes),
    receivedAt: arrivedAt,
  });
}

async function learn(
  analysed: Analysis,
  { baselines, includeFlagged }: Pick<LearnInput, 'baselines' | 'includeFlagged'>,
): Promise<Outcome> {
  const { decision, lesson, releaseLesson } = analysed;
  if (decision.failure !== null) return 'unreadable';
  if (lesson === null) return 'notAuthenticated';
  // What production would have held counts only once it is released.
  if (decision.effectiveAction !== 'quarantine') await baselines.commit(lesson);
  if (decision.learnFeatures) return 'learned';
  if (!includeFlagged || releaseLesson === null) return 'flagged';
  await baselines.commit(releaseLesson);
  return 'learned';
}
