import type { Alias } from '../../alias/alias.ts';
import { historyOf, hoursOfWeek, type History } from '../../baseline/history.ts';
import { dayOf } from '../../baseline/ledger.ts';
import { isEstablished } from '../../baseline/novelty.ts';
import type { BaselineStore, StoredValue } from '../../baseline/store.ts';
import { maturedDays } from '../../baseline/value-record.ts';
import type { Policy } from '../../decision/policy.ts';
import { groupOf, signalIds } from '../../features/signals.ts';
import type { Approval } from '../../review/review.ts';
import { tailProbability } from '../../score/calibration.ts';
import type { ScoreHistogramView } from '../charts/score-histogram.ts';
import type { Span } from '../charts/span-chart.ts';

export type ValueShown = Span & { readonly table: string; readonly days: number };

export type AliasView = {
  readonly id: string;
  /** Null for an alias that is watched no more: its history is still there. */
  readonly alias: Alias | null;
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
  readonly isStartingUp: boolean;
  /** Long enough to hold mail by the policy. */
  readonly isMature: boolean;
  /** 168 numbers from Monday 00:00 UTC. */
  readonly hours: readonly number[];
  readonly scores: ScoreHistogramView;
  readonly linkDomains: readonly ValueShown[];
  readonly contactPoints: readonly ValueShown[];
  readonly slots: readonly ValueShown[];
  readonly signals: readonly {
    readonly signal: string;
    readonly messages: number;
    readonly of: number;
  }[];
  /** What it is used for, where that is more than one thing; null otherwise. */
  readonly mixedUse: string | null;
  readonly approvals: readonly Approval[];
  readonly firstDay: number;
  readonly today: number;
};

export type AliasViewInput = {
  readonly id: string;
  readonly alias: Alias | null;
  readonly described: Awaited<ReturnType<BaselineStore['describe']>>;
  readonly policy: Pick<Policy, 'tag' | 'quarantine'>;
  readonly approvals: readonly Approval[];
  readonly mixedUse: string | null;
  readonly at: Date;
};

const slotTables = [
  'subject-class',
  'display-name-class',
  'greeting-class',
  'body-class',
  'attachment-class',
];

/** What a store knows of an alias, for one page. Counts are those of matured days. */
export function aliasView(input: AliasViewInput): AliasView {
  const { id, alias, described, policy, approvals, mixedUse, at } = input;
  const { snapshot, values } = described;
  const history = historyOf(snapshot);
  const today = dayOf(at);
  const { messages, days, since, isStartingUp } = history;
  const { minMessages, minDays } = policy.quarantine;
  return {
    id,
    alias,
    messages,
    days,
    since,
    isStartingUp,
    isMature: messages >= minMessages && days >= minDays,
    hours: Array.from(
      { length: hoursOfWeek },
      (_, hour) => history.hoursOfWeek.bins.find(({ bin }) => bin === hour)?.count ?? 0,
    ),
    scores: scoresOf(history, policy, null),
    linkDomains: valuesOf(values, ['domain'], today),
    contactPoints: valuesOf(values, ['contact'], today),
    slots: valuesOf(values, slotTables, today),
    signals: signalsOf(history),
    mixedUse,
    approvals: approvals.filter((approval) => approval.alias === id),
    firstDay: snapshot.firstDay ?? today - 30,
    today,
  };
}

/** Scores in bins of one bit, with the thresholds that the policy's budgets come to for this alias. */
export function scoresOf(
  history: History,
  policy: Pick<Policy, 'tag' | 'quarantine'>,
  scoreBits: number | null,
): ScoreHistogramView {
  const bins = new Map<number, number>();
  for (const { bin, count } of history.scores.bins) {
    const bits = Math.floor(bin / 2);
    bins.set(bits, (bins.get(bits) ?? 0) + count);
  }
  return {
    bins: [...bins]
      .map(([bits, messages]) => ({ bits, messages }))
      .sort((left, right) => left.bits - right.bits),
    tagBits: thresholdBits(policy.tag, history),
    quarantineBits: thresholdBits(policy.quarantine, history),
    scoreBits,
  };
}

const highestBits = 60;

/** The least score, in half bits, that an honest message reaches no more often than the budget allows. */
function thresholdBits({ floorBits, budget }: Policy['tag'], history: History): number {
  for (let bits = floorBits; bits < highestBits; bits += 0.5)
    if (tailProbability(bits, history) <= budget) return bits;
  return highestBits;
}

function valuesOf(
  values: readonly StoredValue[],
  tables: readonly string[],
  today: number,
): readonly ValueShown[] {
  const reach =
    values.find(({ table, value }) => table === 'reach' && value === '*')?.record ?? null;
  return values
    .filter(({ table, value }) => tables.includes(table) && !value.startsWith('.'))
    .map(({ table, value, record }) => ({
      table,
      value,
      firstDay: record.firstDay,
      lastDay: record.lastDay,
      recentDays: Array.from({ length: 32 }, (_, offset) => offset)
        .filter((offset) => ((record.recentDays >>> offset) & 1) === 1)
        .map((offset) => record.lastDay - offset),
      messages: record.count,
      days: maturedDays(record, today),
      isEstablished: isEstablished(table, record, reach, today),
    }))
    .sort((left, right) => right.messages - left.messages || left.value.localeCompare(right.value));
}

function signalsOf({ innovations, atLeast, trials }: History): AliasView['signals'] {
  return signalIds
    .map((signal) => ({
      signal,
      messages: Math.max(innovations(signal), atLeast(signal, 1)),
      of: trials(groupOf(signal)),
    }))
    .filter(({ of }) => of > 0);
}
