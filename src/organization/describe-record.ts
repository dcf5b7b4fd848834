import { describeAcquaintance } from './acquaintance-record.ts';
import { carriersOf } from './carrier-record.ts';
import type { LedgerKey } from './ledger-store.ts';
import type { RememberedValue } from './ledgers.ts';

/** One record for people; nothing where there is none. */
export function describeRecord(
  { ledger }: LedgerKey,
  record: string | null,
): readonly RememberedValue[] {
  if (record === null || ledger === 'calendar') return [];
  if (ledger === 'carried') return [describeCarried(record)];
  const { firstDay, lastDay, days, senders, written, count } = describeAcquaintance(record);
  return [
    {
      ledger,
      firstDay: isoDay(firstDay),
      lastDay: isoDay(lastDay),
      days,
      senders,
      written,
      messages: count,
      carriers: [],
    },
  ];
}

function describeCarried(record: string): RememberedValue {
  const carriers = carriersOf(record);
  const days = carriers.map(({ day }) => day);
  return {
    ledger: 'carried',
    firstDay: isoDay(Math.min(...days)),
    lastDay: isoDay(Math.max(...days)),
    days: new Set(days).size,
    senders: 0,
    written: false,
    messages: 0,
    carriers: carriers.map(({ alias, day }) => ({ alias, day: isoDay(day) })),
  };
}

function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
