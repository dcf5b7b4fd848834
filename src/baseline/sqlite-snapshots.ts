import { randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { buildSnapshot, cachedSnapshots, maturationDays, type Snapshot } from './ledger.ts';
import type { SqliteLedger } from './sqlite-ledger.ts';
import type { NameId } from './sqlite-names.ts';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type { SqliteTraffic } from './sqlite-traffic.ts';

export const snapshotSchema = `
CREATE TABLE snapshot (alias INTEGER PRIMARY KEY, generation INTEGER NOT NULL, through INTEGER NOT NULL, after INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
`;

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
  readonly #atHand = new LRUCache<NameId, Snapshot>({ max: cachedSnapshots });

  constructor(statements: SqliteStatements, source: Source) {
    this.#sql = statements;
    this.#source = source;
  }

  /**
   * Of a message on `day`; kept where it counts. Under one generation the last matured day only grows, so that a version
   * never names two snapshots.
   */
  of(alias: NameId, day: number, isCounted: boolean): Snapshot {
    const [through, after] = [day - maturationDays, day - this.#source.windowDays];
    const state = this.#state(alias);
    const isCurrent = state?.through === through && state.after === after;
    if (isCurrent) {
      const kept = this.#kept(alias, `${state.generation}.${through}`);
      if (isCounted) this.#atHand.set(alias, kept);
      return kept;
    }
    const grows =
      state !== null && through > state.through && through - after === state.through - state.after;
    const generation = isCounted && grows ? state.generation : unusedGeneration();
    const snapshot = this.#build(alias, day, generation);
    if (isCounted) {
      this.#keep(alias, { generation, through, after }, snapshot);
      this.#atHand.set(alias, snapshot);
    }
    return snapshot;
  }

  /** What was learned on `day` has changed: the next is built anew, under a version that nobody has seen. */
  invalidate(alias: NameId, day: number): void {
    this.#sql.run('DELETE FROM snapshot WHERE alias = ? AND through >= ?', alias, day);
  }

  dropAlias(alias: NameId): void {
    this.#sql.run('DELETE FROM snapshot WHERE alias = ?', alias);
  }

  /** What is at hand may never have been written. */
  rolledBack(): void {
    this.#atHand.clear();
  }

  #state(alias: NameId): State | null {
    const row = this.#sql.get(
      'SELECT generation, through, after FROM snapshot WHERE alias = ?',
      alias,
    );
    return (row as State | undefined) ?? null;
  }

  #kept(alias: NameId, version: string): Snapshot {
    const atHand = this.#atHand.get(alias);
    if (atHand?.version === version) return atHand;
    const row = this.#sql.get('SELECT text FROM snapshot WHERE alias = ?', alias);
    return { version, ...(JSON.parse(row?.['text'] as string) as Omit<Snapshot, 'version'>) };
  }

  #build(alias: NameId, day: number, generation: number): Snapshot {
    const { ledger, traffic, windowDays } = this.#source;
    const buckets = ledger.buckets(alias, day - windowDays, day - maturationDays);
    return buildSnapshot(buckets, day, windowDays, generation, traffic.daily(alias));
  }

  #keep(alias: NameId, { generation, through, after }: State, snapshot: Snapshot): void {
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
