import type { Counters } from './ledger.ts';
import type { SqliteStatements } from './sqlite-statements.ts';
import type { StoredValue } from './store.ts';
import { decodeCounters, decodeRecord, encodeRecord } from './stored-form.ts';
import type { ValueRecord } from './value-record.ts';

export const ledgerSchema = `
CREATE TABLE bucket (alias TEXT, day INTEGER, counters TEXT NOT NULL, PRIMARY KEY (alias, day)) WITHOUT ROWID;
CREATE TABLE value (alias TEXT, kind TEXT, value TEXT, record TEXT NOT NULL, PRIMARY KEY (alias, kind, value)) WITHOUT ROWID;
`;
const tables = ['bucket', 'value'];

/** What was learned, row by row. No transaction of its own. */
export class SqliteLedger {
  readonly #sql: SqliteStatements;

  constructor(statements: SqliteStatements) {
    this.#sql = statements;
  }

  /** From one to the next by the index; DISTINCT would read every bucket. */
  aliases(): readonly string[] {
    const next =
      'SELECT (SELECT min(alias) FROM bucket WHERE alias > each.alias) FROM each WHERE alias IS NOT NULL';
    const sql = `WITH RECURSIVE each(alias) AS (SELECT min(alias) FROM bucket UNION ALL ${next}) SELECT alias FROM each WHERE alias IS NOT NULL`;
    return this.#sql.all(sql).map(({ alias }) => alias as string);
  }

  bucket(alias: string, day: number): Counters | null {
    const row = this.#sql.get(
      'SELECT counters FROM bucket WHERE alias = ? AND day = ?',
      alias,
      day,
    );
    return row === undefined ? null : decodeCounters(row['counters'] as string);
  }

  /** Days after `after` up to `through`. */
  buckets(alias: string, after: number, through: number): ReadonlyMap<number, Counters> {
    const rows = this.#sql.all(
      'SELECT day, counters FROM bucket WHERE alias = ? AND day > ? AND day <= ?',
      alias,
      after,
      through,
    );
    return new Map(
      rows.map(({ day, counters }) => [day as number, decodeCounters(counters as string)]),
    );
  }

  bucketDays(alias: string): readonly number[] {
    return this.#sql
      .all('SELECT day FROM bucket WHERE alias = ?', alias)
      .map(({ day }) => day as number);
  }

  setBucket(alias: string, day: number, counters: Counters): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)',
      alias,
      day,
      JSON.stringify(counters),
    );
  }

  dropBucket(alias: string, day: number): void {
    this.#sql.run('DELETE FROM bucket WHERE alias = ? AND day = ?', alias, day);
  }

  record(alias: string, table: string, value: string): ValueRecord | null {
    const row = this.#sql.get(
      'SELECT record FROM value WHERE alias = ? AND kind = ? AND value = ?',
      alias,
      table,
      value,
    );
    return row === undefined ? null : decodeRecord(row['record'] as string);
  }

  records(alias: string, table: string): ReadonlyMap<string, ValueRecord> {
    const rows = this.#sql.all(
      'SELECT value, record FROM value WHERE alias = ? AND kind = ?',
      alias,
      table,
    );
    return new Map(
      rows.map(({ value, record }) => [value as string, decodeRecord(record as string)]),
    );
  }

  values(alias: string): readonly StoredValue[] {
    const rows = this.#sql.all('SELECT kind, value, record FROM value WHERE alias = ?', alias);
    return rows.map(({ kind, value, record }) => ({
      table: kind as string,
      value: value as string,
      record: decodeRecord(record as string),
    }));
  }

  /** Values per table. */
  sizes(alias: string): Map<string, number> {
    const rows = this.#sql.all(
      'SELECT kind, COUNT(*) AS size FROM value WHERE alias = ? GROUP BY kind',
      alias,
    );
    return new Map(rows.map(({ kind, size }) => [kind as string, size as number]));
  }

  setRecord(alias: string, { table, value, record }: StoredValue): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?)',
      alias,
      table,
      value,
      encodeRecord(record),
    );
  }

  dropValue(alias: string, table: string, value: string): void {
    this.#sql.run(
      'DELETE FROM value WHERE alias = ? AND kind = ? AND value = ?',
      alias,
      table,
      value,
    );
  }

  /** Of every alias; gives how many knew it. */
  eraseValue(table: string, value: string): number {
    return this.#sql.run('DELETE FROM value WHERE kind = ? AND value = ?', table, value);
  }

  dropAlias(alias: string): void {
    for (const table of tables) this.#sql.run(`DELETE FROM ${table} WHERE alias = ?`, alias);
  }
}
