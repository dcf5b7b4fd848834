import type { DatabaseSync } from 'node:sqlite';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  type SqliteContent,
  type SqliteFileOptions,
} from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import {
  ageOf,
  daysKept,
  surplusRecords,
  type LedgerChange,
  type LedgerKey,
  type LedgerStore,
} from './ledger-store.ts';
import { ledgerNames, type LedgerLimits, type LedgerName, type LedgerSizes } from './ledgers.ts';

export const content: SqliteContent = {
  title: 'Organization ledgers',
  holds: 'ledgers',
  schema: `
CREATE TABLE record (ledger TEXT, name TEXT, last_day INTEGER NOT NULL, days INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (ledger, name)) WITHOUT ROWID;
CREATE INDEX record_age ON record (ledger, last_day, days);`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_4f, // 'ALWO'
};

/**
 * The ledgers in a file of their own: SQLite has one writer per file, and counting what passes must not hold up the
 * baselines that mail waits for. Rejects with one sentence when it cannot be opened.
 */
export function openSqliteLedgers(
  path: string,
  limits: LedgerLimits,
  options: SqliteFileOptions = {},
): Promise<LedgerStore> {
  return Promise.try(() => new SqliteLedgers(path, limits, openSqliteFile(path, content, options)));
}

class SqliteLedgers implements LedgerStore {
  readonly #path: string;
  readonly #limits: LedgerLimits;
  readonly #database: DatabaseSync;
  readonly #sql: SqliteStatements;
  /** Records written since a ledger was measured; null before the first time. */
  readonly #writtenSince = new Map<LedgerName, number>();
  #expiredUntil = 0;

  constructor(path: string, limits: LedgerLimits, database: DatabaseSync) {
    this.#path = path;
    this.#limits = limits;
    this.#database = database;
    this.#sql = new SqliteStatements(database);
  }

  read(keys: readonly LedgerKey[]): Promise<readonly (string | null)[]> {
    return this.#settle('BEGIN', () => keys.map((key) => this.#record(key)));
  }

  update(keys: readonly LedgerKey[], change: LedgerChange, day: number): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      for (const key of keys) this.#set(key, change(key, this.#record(key)));
      this.#expire(day);
      for (const ledger of ledgerNames) this.#cutBack(ledger, keys);
    });
  }

  updateAll(change: LedgerChange): Promise<number> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      const rows = this.#sql.all('SELECT ledger, name, record FROM record');
      let changed = 0;
      for (const { ledger, name, record } of rows) {
        const key = { ledger, name } as LedgerKey;
        const next = change(key, record as string);
        if (next === record) continue;
        this.#set(key, next);
        changed++;
      }
      return changed;
    });
  }

  sizes(): Promise<LedgerSizes> {
    return this.#settle('BEGIN', () => ({
      domain: this.#size('domain'),
      correspondent: this.#size('correspondent'),
      carried: this.#size('carried'),
    }));
  }

  async ping(): Promise<void> {
    await this.read([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => this.#database.close());
  }

  #record({ ledger, name }: LedgerKey): string | null {
    const row = this.#sql.get(
      'SELECT record FROM record WHERE ledger = ? AND name = ?',
      ledger,
      name,
    );
    return row === undefined ? null : (row['record'] as string);
  }

  #set({ ledger, name }: LedgerKey, record: string | null): void {
    if (record === null) {
      this.#sql.run('DELETE FROM record WHERE ledger = ? AND name = ?', ledger, name);
      return;
    }
    const { lastDay, days } = ageOf(record);
    this.#sql.run(
      'INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)',
      ledger,
      name,
      lastDay,
      days,
      record,
    );
  }

  #size(ledger: LedgerName): number {
    return this.#sql.get('SELECT COUNT(*) AS size FROM record WHERE ledger = ?', ledger)?.[
      'size'
    ] as number;
  }

  /** Once for each new day. */
  #expire(day: number): void {
    if (day <= this.#expiredUntil) return;
    this.#expiredUntil = day;
    for (const ledger of ledgerNames) {
      this.#sql.run(
        'DELETE FROM record WHERE ledger = ? AND last_day <= ?',
        ledger,
        day - daysKept(ledger, this.#limits),
      );
    }
  }

  /** Counting a ledger reads it, so it is done only once a hundredth of its cap may have been added. */
  #cutBack(ledger: LedgerName, keys: readonly LedgerKey[]): void {
    const cap = this.#limits.values;
    const before = this.#writtenSince.get(ledger) ?? Infinity;
    const written = before + keys.filter((key) => key.ledger === ledger).length;
    this.#writtenSince.set(ledger, written);
    if (written < cap / 100) return;
    this.#writtenSince.set(ledger, 0);
    const surplus = surplusRecords(this.#size(ledger), cap);
    if (surplus === 0) return;
    const oldest = 'SELECT name FROM record WHERE ledger = ? ORDER BY last_day, days, name LIMIT ?';
    this.#sql.run(
      `DELETE FROM record WHERE ledger = ? AND name IN (${oldest})`,
      ledger,
      ledger,
      surplus,
    );
  }

  #settle<Answer>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => Answer): Promise<Answer> {
    return Promise.try(() => {
      try {
        return inTransaction(this.#database, begin, work);
      } catch (error) {
        throw explainSqliteError(error, { title: content.title, path: this.#path });
      }
    });
  }
}
