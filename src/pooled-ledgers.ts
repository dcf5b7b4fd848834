import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { dayMs, maturationDays } from './baseline/ledger.ts';
import type { BaselineStore, StoredValue } from './baseline/store.ts';

/** What a store knows of one alias on a day. */
export type AliasLedger = Awaited<ReturnType<BaselineStore['describe']>> & {
  readonly alias: string;
  readonly at: Date;
};

export type LedgerReading = {
  /** Null: every alias on the day on which the last it learned had matured, as an archive has ended long ago. */
  readonly at: Date | null;
  /** Aliases beyond these, in order of their ids, are left out. */
  readonly mostAliases: number;
  readonly signal: AbortSignal;
};

/**
 * Ledgers of the aliases of a store, one after the other, giving way to everything else in between.
 * @throws what the store throws, and the reason of `signal`.
 */
export async function* readLedgers(
  store: Pick<BaselineStore, 'aliases' | 'describe'>,
  { at, mostAliases, signal }: LedgerReading,
): AsyncGenerator<AliasLedger> {
  for (const alias of (await store.aliases()).slice(0, mostAliases)) {
    signal.throwIfAborted();
    const then = at ?? lastMatured((await store.describe(alias, new Date(0))).values);
    yield { alias, at: then, ...(await store.describe(alias, then)) };
    // A store in a file never waits, and mail would.
    await yieldToOthers();
  }
}

function lastMatured(values: readonly StoredValue[]): Date {
  const last = values.reduce((newest, { record }) => Math.max(newest, record.lastDay), 0);
  return new Date((last + maturationDays) * dayMs);
}
