import { historyOf } from '../../baseline/history.ts';
import { dayMs, dayOf } from '../../baseline/ledger.ts';
import { isEstablished } from '../../baseline/novelty.ts';
import type { BaselineStore, StoredValue } from '../../baseline/store.ts';
import { maturedDays } from '../../baseline/value-record.ts';
import { groupOf, signalIds } from '../../features/signals.ts';
import { renderTable } from '../text-table.ts';
import { useFacts, useText, type UseFacts } from './use-report.ts';

type ValueFacts = {
  readonly value: string;
  readonly days: number;
  readonly messages: number;
  readonly since: string;
  readonly established: boolean;
};

/** What a store knows of an alias, for people. Counts are those of matured days. */
export type BaselineFacts = {
  readonly isKnown: boolean;
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
  readonly use: UseFacts;
  readonly linkDomains: readonly ValueFacts[];
  readonly contactPoints: readonly ValueFacts[];
  /** Messages that brought something new or unusual, of those that were asked. */
  readonly signals: readonly {
    readonly signal: string;
    readonly messages: number;
    readonly of: number;
  }[];
};

export function baselineFacts(
  { snapshot, values }: Awaited<ReturnType<BaselineStore['describe']>>,
  at: Date,
): Omit<BaselineFacts, 'isKnown'> {
  const { messages, days, since, innovations, atLeast, trials } = historyOf(snapshot);
  const reach =
    values.find(({ table, value }) => table === 'reach' && value === '*')?.record ?? null;
  const today = dayOf(at);
  const factsOf = (wanted: string) =>
    values
      .filter(({ table, value }) => table === wanted && !value.startsWith('.'))
      .map(({ table, value, record }): ValueFacts => ({
        value,
        days: maturedDays(record, today),
        messages: record.count,
        since: isoDay(record),
        established: isEstablished(table, record, reach, today),
      }))
      .sort((a, b) => b.days - a.days || b.messages - a.messages || a.value.localeCompare(b.value));
  return {
    messages,
    days,
    since,
    use: useFacts(snapshot, values, messages),
    linkDomains: factsOf('domain'),
    contactPoints: factsOf('contact'),
    signals: signalIds
      .map((signal) => ({
        signal,
        messages: Math.max(innovations(signal), atLeast(signal, 1)),
        of: trials(groupOf(signal)),
      }))
      .filter((counted) => counted.of > 0),
  };
}

export function baselineText({
  messages,
  days,
  since,
  use,
  linkDomains,
  contactPoints,
  signals,
}: BaselineFacts): string {
  const matured =
    since === null
      ? 'no matured history in this store\n'
      : `${messages} messages on ${days} days since ${since}\n`;
  const counts = signals.map((counted) => [
    counted.signal,
    String(counted.messages),
    String(counted.of),
  ]);
  return [
    matured,
    useText(use),
    ...valueTable('link domain', linkDomains),
    ...valueTable('contact point', contactPoints),
    ...(counts.length === 0
      ? []
      : [
          '\n',
          renderTable(
            [
              { heading: 'signal' },
              { heading: 'messages', align: 'right' },
              { heading: 'of', align: 'right' },
            ],
            counts,
          ),
        ]),
  ].join('');
}

const shownValues = 30;

function valueTable(heading: string, facts: readonly ValueFacts[]): readonly string[] {
  if (facts.length === 0) return [];
  const rows = facts
    .slice(0, shownValues)
    .map(({ value, days, messages, since, established }) => [
      value,
      String(days),
      String(messages),
      since,
      established ? 'yes' : 'no',
    ]);
  const columns = [
    { heading },
    { heading: 'days', align: 'right' },
    { heading: 'messages', align: 'right' },
    { heading: 'since' },
    { heading: 'established' },
  ] as const;
  const more =
    facts.length > shownValues
      ? [`and ${facts.length - shownValues} more (--json shows all)\n`]
      : [];
  return ['\n', renderTable(columns, rows), ...more];
}

function isoDay({ firstDay }: StoredValue['record']): string {
  return new Date(firstDay * dayMs).toISOString().slice(0, 10);
}
