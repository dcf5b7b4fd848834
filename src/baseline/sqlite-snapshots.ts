import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { buildSnapshot, cachedSnapshots, maturationDays, type Snapshot } from './ledger.ts';
import type { SqliteLedger } from './sqlite-ledger.ts';
import type { SqliteStatements } from './sqlite-statements.ts';
import type { SqliteTraffic } from './sqlite-traffic.ts';

export const snapshotSchema = `
CREATE TABLE snapshot (alias TEXT PRIMARY KEY, generation INTEGER NOT NULL, through INTEGER, after INTEGER) WITHOUT ROWID;
`;
/** Behind the other columns: whoever asks for the state alone does not read it. */
export const snapshotTextSchema = 'ALTER TABLE snapshot ADD COLUMN text TEXT;';

/** The last matured day under a generation, and the last day before the window. */
type State = { readonly generation: number; readonly through: number; readonly after: number };
type Source = {
  readonly ledger: SqliteLedger;
  readonly traffic: SqliteTraffic;
  readonly windowDays: number;
};

/**
 * Snapshots, each kept as it was built: to build it reads every bucket, which no other process, and none that has more
 * aliases than it keeps at hand, should do again on the same day. No transaction of its own.
 */
export class SqliteSnapshots {
  readonly #sql: SqliteStatements;
  readonly #source: Source;
  readonly #atHand = new LRUCache<string, Snapshot>({ max: cachedSnapshots });

  constructor(statements: SqliteStatements, source: Source) {
    this.#sql = statements;
    this.#source = source;
  }

  /**
   * Of a message on `day`; kept where it counts. Under one generation the last matured day only grows, so that a version
   * never names two snapshots.
   */
  of(alias: string, day: number, isCounted: boolean): Snapshot {
    const [through, after] = [day - maturationDays, day - this.#source.windowDays];
    const state = this.#state(alias);
    const isCurrent = state?.through === through && state.after === after;
    const kept = isCurrent ? this.#kept(alias, `${state.generation}.${through}`) : null;
    if (kept !== null) {
      if (isCounted) this.#atHand.set(alias, kept);
      return kept;
    }
    const grows =
      state !== null && through > state.through && through - after === state.through - state.after;
    const generation = isCurrent || (isCounted && grows) ? state.generation : unusedGeneration();
    const snapshot = this.#build(alias, day, generation);
    if (isCounted) {
      this.#keep(alias, { generation, through, after }, snapshot);
      this.#atHand.set(alias, snapshot);
    }
    return snapshot;
  }

  /** What was learned on `day` has changed: the next is built anew, under a version that nobody has seen. */
  invalidate(alias: string, day: number): void {
    this.#sql.run('DELETE FROM snapshot WHERE alias = ? AND through >= ?', alias, day);
  }

  dropAlias(alias: string): void {
    this.#sql.run('DELETE FROM snapshot WHERE alias = ?', alias);
  }

  /** What is at hand may never have been written. */
  rolledBack(): void {
    this.#atHand.clear();
  }

  /** Rows of older programs have no days where what they kept had changed. */
  #state(alias: string): State | null {
    const row = this.#sql.get(
      'SELECT generation, through, after FROM snapshot WHERE alias = ? AND through IS NOT NULL',
      alias,
    );
    return (row as State | undefined) ?? null;
  }

  /** What has the version, or null where an older program kept the state alone. */
  #kept(alias: string, version: string): Snapshot | null {
    const atHand = this.#atHand.get(alias);
    if (atHand?.version === version) return atHand;
    const row = this.#sql.get('SELECT text FROM snapshot WHERE alias = ?', alias);
    const text = (row?.['text'] as string | null | undefined) ?? null;
    return text === null ? null : { version, ...(JSON.parse(text) as Omit<Snapshot, 'version'>) };
  }

  #build(alias: string, day: number, generation: number): Snapshot {
    const { ledger, traffic, windowDays } = this.#source;
    const buckets = ledger.buckets(alias, day - windowDays, day - maturationDays);
    return buildSnapshot(buckets, day, windowDays, generation, traffic.daily(alias));
  }

  #keep(alias: string, { generation, through, after }: State, snapshot: Snapshot): void {
    const { days, firstDay, counters, daily } = snapshot;
    this.#sql.run(
      'INSERT OR REPLACE INTO snapshot (alias, generation, through, after, text) VALUES (?, ?, ?, ?, ?)',
      alias,
      generation,
      through,
      after,
      JSON.stringify({ days, firstDay, counters, daily }),
    );
  }
}

/** Far from all others, so that no version repeats after a store was emptied. */
function unusedGeneration(): number {
  return randomInt(2 ** 40);
}
