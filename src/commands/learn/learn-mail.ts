import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Analysis } from '../../analysis.ts';
import { archivedTransaction } from '../../archive/archived-transaction.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { readHeader } from '../../message/header.ts';
import type { OfflineAnalysis } from '../offline-analysis.ts';
import type { Entry } from './journal-lines.ts';
import type { Journal } from './journal.ts';
import type { OrganizationLessons } from './organization-lessons.ts';
import { messageId, type Arrival, type Spool } from './spool.ts';

/** What became of a message of a watched alias. */
export type Outcome = 'learned' | 'flagged' | 'notAuthenticated' | 'unreadable';

/** `learned` and `flagged` of an earlier run are not in here. */
export type AliasCounts = { readonly alias: string; readonly messages: number } & Readonly<
  Record<Outcome, number>
>;

export type LearnInput = {
  readonly spool: Spool;
  /** Analyses the message that `current` names to the journal. */
  readonly analysis: OfflineAnalysis;
  readonly current: { id: string };
  readonly baselines: Pick<BaselineStore, 'commit'>;
  readonly organization: OrganizationLessons;
  readonly journal: Pick<Journal, 'find' | 'write'>;
  /** Learns from flagged mail too: the operator's word outweighs ours. */
  readonly includeFlagged: boolean;
  readonly signal: AbortSignal;
  readonly onMessage: () => void;
};

export type LearnedMail = {
  /** Counts of this run, in order of the aliases' ids. */
  readonly aliases: readonly AliasCounts[];
  /** Messages that an earlier run has seen to. */
  readonly doneBefore: number;
};

/** Analyses and learns in order of arrival, as production would have; what the journal knows is passed over. */
export async function learnMail(input: LearnInput): Promise<LearnedMail> {
  const { spool, organization, journal, includeFlagged, signal, onMessage } = input;
  const counts = new Map<string, Counts>();
  let doneBefore = 0;
  for await (const arrival of spool.inOrder()) {
    signal.throwIfAborted();
    const id = messageId(arrival);
    const before = journal.find(id);
    const isDone = before !== null && !(before.entry === 'flagged' && includeFlagged);
    if (isDone) doneBefore++;
    if (!isDone || !before.isCounted) {
      await organization.countUntil(arrival.arrivedAt);
      await learnOne(arrival, id, { ...input, counts, known: isDone ? before.entry : null });
    }
    onMessage();
    await yieldToOthers(); // a store in a file never waits, and signals would not be heard
  }
  await organization.countUntil(null);
  return {
    aliases: [...counts.values()].sort((a, b) => a.alias.localeCompare(b.alias)),
    doneBefore,
  };
}

type Counts = { alias: string; messages: number } & Record<Outcome, number>;

/** A message that was learned and not counted by the organization's ledgers is counted alone. */
async function learnOne(
  arrival: Arrival,
  id: string,
  {
    analysis,
    current,
    organization,
    journal,
    counts,
    known,
    ...learning
  }: LearnInput & { readonly counts: Map<string, Counts>; readonly known: Entry | null },
): Promise<void> {
  const transaction = transactionOf(arrival, id);
  current.id = id;
  const analysed = await analysis.analyse(transaction);
  if (known !== null) journal.write(id, known);
  else {
    const outcome = await learn(analysed, learning);
    if (outcome === 'learned' || outcome === 'flagged') journal.write(id, outcome);
    const alias = analysed.alias ?? '';
    const count = counts.get(alias) ?? noCounts(alias);
    counts.set(alias, count);
    count.messages++;
    count[outcome]++;
  }
  await organization.count(transaction, analysed);
}

function noCounts(alias: string): Counts {
  return { alias, messages: 0, learned: 0, flagged: 0, notAuthenticated: 0, unreadable: 0 };
}

function transactionOf({ bytes, arrivedAt }: Arrival, id: string) {
  return archivedTransaction({ id, bytes, header: readHeader(bytes), receivedAt: arrivedAt });
}

async function learn(
  analysed: Analysis,
  { baselines, includeFlagged }: Pick<LearnInput, 'baselines' | 'includeFlagged'>,
): Promise<Outcome> {
  const { decision, lesson } = analysed;
  if (decision.failure !== null) return 'unreadable';
  if (lesson === null) return 'notAuthenticated';
  // What production would have held counts only once it is released.
  if (decision.effectiveAction !== 'quarantine') await baselines.commit(lesson);
  if (decision.learnFeatures) return 'learned';
  const released = includeFlagged ? analysed.releaseLesson() : null;
  if (released === null) return 'flagged';
  await baselines.commit(released);
  return 'learned';
}
