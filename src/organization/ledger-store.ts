import { carrierDays } from './carrier-record.ts';
import type { LedgerLimits, LedgerName, LedgerSizes } from './ledgers.ts';

/** Where one record is kept: a ledger and a name in it. `calendar` has one record, the days with any mail. */
export type LedgerKey = { readonly ledger: LedgerName | 'calendar'; readonly name: string };

/** What a record becomes, null for none; pure, since it is asked again where another process was quicker. */
export type LedgerChange = (key: LedgerKey, record: string | null) => string | null;

/**
 * Keeps records as texts that begin with `lastDay,days,` in hexadecimal: all that a store needs to know of them. It holds
 * no more than its limits allow.
 */
export interface LedgerStore extends AsyncDisposable {
  /** Records in the order of the keys; one round trip. */
  read(keys: readonly LedgerKey[]): Promise<readonly (string | null)[]>;
  /** Replaces records, each atomically; `day` is the latest of what is counted, by which others expire. */
  update(keys: readonly LedgerKey[], change: LedgerChange, day: number): Promise<void>;
  /** The same for every record; gives how many changed. */
  updateAll(change: LedgerChange): Promise<number>;
  sizes(): Promise<LedgerSizes>;
  ping(): Promise<void>;
}

export type RecordAge = { readonly lastDay: number; readonly days: number };

export function ageOf(record: string): RecordAge {
  return {
    lastDay: Number.parseInt(record, 16),
    days: Number.parseInt(record.slice(record.indexOf(',') + 1), 16),
  };
}

/** The order in which records leave a full ledger: seen longest ago, then on the fewest days. */
export function byAge(left: RecordAge, right: RecordAge): number {
  return left.lastDay - right.lastDay || left.days - right.days;
}

/** Days that a record is kept after its last one. */
export function daysKept(ledger: LedgerKey['ledger'], { windowDays }: LedgerLimits): number {
  return ledger === 'carried' ? carrierDays : windowDays;
}

/** How many of `size` records leave; cut back in bulk, so that it costs little per record. */
export function surplusRecords(size: number, cap: number): number {
  return size > cap + Math.floor(cap / 10) ? size - cap : 0;
}
