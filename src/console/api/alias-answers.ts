import type * as z from 'zod';
import { historyOf } from '../../baseline/history.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import type * as schemas from './site-schemas.ts';

/** Aliases that are watched, and those that only have history, by id. */
export async function aliasSummaries({
  rules,
  baselines,
}: {
  readonly rules: () => { readonly catalogue: { readonly aliases: readonly WatchedAlias[] } };
  readonly baselines: Pick<BaselineStore, 'aliases'>;
}) {
  const learned = new Set(await baselines.aliases());
  const watched = rules().catalogue.aliases.map(({ id, vendor, pack }) => ({
    id,
    vendor: pack === null ? null : vendor,
    watched: true,
    hasHistory: learned.delete(id),
  }));
  const others = [...learned].map((id) => ({
    id,
    vendor: null,
    watched: false,
    hasHistory: true,
  }));
  return [...watched, ...others].sort((left, right) => left.id.localeCompare(right.id));
}

type WatchedAlias = {
  readonly id: string;
  readonly vendor: string;
  readonly pack: object | null;
};

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
