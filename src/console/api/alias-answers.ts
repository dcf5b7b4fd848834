import type * as z from 'zod';
import { historyOf } from '../../baseline/history.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { knownAliases } from '../known-aliases.ts';
import type { ConsoleSources } from '../sources.ts';
import type * as schemas from './site-schemas.ts';

export async function aliasSummaries({
  rules,
  baselines,
}: Pick<ConsoleSources, 'rules' | 'baselines'>): Promise<
  readonly z.output<typeof schemas.aliasSummary>[]
> {
  return knownAliases(rules(), await baselines.aliases()).map(
    ({ id, vendor, isWatched, hasHistory }) => ({
      id,
      vendor: vendor === '' ? null : vendor,
      watched: isWatched,
      hasHistory,
    }),
  );
}

const shownValues = 2000;

/** The values with most messages first. */
export function baselineOf(
  alias: string,
  { snapshot, values }: Awaited<ReturnType<BaselineStore['describe']>>,
): z.output<typeof schemas.baseline> {
  const { messages, days, since, isStartingUp } = historyOf(snapshot);
  const scores = Object.entries(snapshot.counters)
    .filter(([name]) => name.startsWith('s.'))
    .map(([name, count]) => ({ bits: Number(name.slice(2)) / 2, messages: count }))
    .sort((left, right) => left.bits - right.bits);
  return {
    alias,
    messages,
    days,
    since,
    isStartingUp,
    daily: snapshot.daily.map((daily) => ({ day: isoDay(daily.day), messages: daily.messages })),
    scores,
    values: [...values]
      .sort((left, right) => right.record.count - left.record.count)
      .slice(0, shownValues)
      .map(({ table, value, record }) => ({
        table,
        value,
        firstDay: isoDay(record.firstDay),
        messages: record.count,
        days: record.days,
      })),
  };
}

function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
