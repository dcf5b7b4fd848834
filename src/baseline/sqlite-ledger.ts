import type { Counters } from './ledger.ts';
import type { NameId, SqliteNames } from './sqlite-names.ts';
import { packCounters, packRecord, unpackCounters, unpackRecord } from './sqlite-packing.ts';
import type { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type { StoredValue } from './store.ts';
import type { ValueRecord } from './value-record.ts';

export const ledgerSchema = `
CREATE TABLE bucket (alias INTEGER, day INTEGER, counters BLOB NOT NULL, PRIMARY KEY (alias, day)) STRICT, WITHOUT ROWID;
CREATE TABLE value (alias INTEGER, kind INTEGER, value TEXT, record BLOB NOT NULL, PRIMARY KEY (alias, kind, value)) STRICT, WITHOUT ROWID;
`;
const tables = ['bucket', 'value'];

/** What was learned, row by row. No transaction of its own. */
export class SqliteLedger {
  readonly #sql: SqliteStatements;
  readonly #names: SqliteNames;

  constructor(statements: SqliteStatements, names: SqliteNames) {
    this.#sql = statements;
    this.#names = names;
  }

  /** Sorted. From one to the next by the index; DISTINCT would read every bucket. */
  aliases(): readonly string[] {
    const next =
      'SELECT (SELECT min(alias) FROM bucket WHERE alias > each.alias) FROM each WHERE alias IS NOT NULL';
    const sql = `WITH RECURSIVE each(alias) AS (SELECT min(alias) FROM bucket UNION ALL ${next}) SELECT name FROM each JOIN name ON id = alias ORDER BY name`;
    return this.#sql.all(sql).map(({ name }) => name as string);
  }

  bucket(alias: NameId, day: number): Counters | null {
    const row = this.#sql.get(
      'SELECT counters FROM bucket WHERE alias = ? AND day = ?',
      alias,
      day,
    );
    return row === undefined ? null : this.#counters(row['counters']);
  }

  /** Days after `after` up to `through`. */
  buckets(alias: NameId, after: number, through: number): ReadonlyMap<number, Counters> {
    const rows = this.#sql.all(
      'SELECT day, counters FROM bucket WHERE alias = ? AND day > ? AND day <= ?',
      alias,
      after,
      through,
    );
    return new Map(rows.map(({ day, counters }) => [day as number, this.#counters(counters)]));
  }

  bucketDays(alias: NameId): readonly number[] {
    return this.#sql
      .all('SELECT day FROM bucket WHERE alias = ?', alias)
      .map(({ day }) => day as number);
  }

  setBucket(alias: NameId, day: number, counters: Counters): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)',
      alias,
      day,
      packCounters(counters, (name) => this.#names.id(name)),
    );
  }

  dropBucket(alias: NameId, day: number): void {
    this.#sql.run('DELETE FROM bucket WHERE alias = ? AND day = ?', alias, day);
  }

  record(alias: NameId, table: string, value: string): ValueRecord | null {
    const row = this.#sql.get(
      'SELECT record FROM value WHERE alias = ? AND kind = ? AND value = ?',
      alias,
      this.#names.known(table),
      value,
    );
    return row === undefined ? null : recordOf(row);
  }

  records(alias: NameId, table: string): ReadonlyMap<string, ValueRecord> {
    const rows = this.#sql.all(
      'SELECT value, record FROM value WHERE alias = ? AND kind = ?',
      alias,
      this.#names.known(table),
    );
    return new Map(rows.map((row) => [row['value'] as string, recordOf(row)]));
  }

  /** Sorted by table and value. */
  values(alias: NameId): readonly StoredValue[] {
    const rows = this.#sql.all(
      'SELECT name, value, record FROM value JOIN name ON id = kind WHERE alias = ? ORDER BY name, value',
      alias,
    );
    return rows.map((row) => ({
      table: row['name'] as string,
      value: row['value'] as string,
      record: recordOf(row),
    }));
  }

  /** Values per table. */
  sizes(alias: NameId): Map<string, number> {
    const rows = this.#sql.all(
      'SELECT kind, COUNT(*) AS size FROM value WHERE alias = ? GROUP BY kind',
      alias,
    );
    return new Map(
      rows.map(({ kind, size }) => [this.#names.name(kind as NameId), size as number]),
    );
  }

  setRecord(alias: NameId, { table, value, record }: StoredValue): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?)',
      alias,
      this.#names.id(table),
      value,
      packRecord(record),
    );
  }

  dropValue(alias: NameId, table: string, value: string): void {
    this.#sql.run(
      'DELETE FROM value WHERE alias = ? AND kind = ? AND value = ?',
      alias,
      this.#names.known(table),
      value,
    );
  }

  /** Of every alias; gives how many knew it. */
  eraseValue(table: string, value: string): number {
    return this.#sql.run(
      'DELETE FROM value WHERE kind = ? AND value = ?',
      this.#names.known(table),
      value,
    );
  }

  dropAlias(alias: NameId): void {
    for (const table of tables) this.#sql.run(`DELETE FROM ${table} WHERE alias = ?`, alias);
  }

  #counters(packed: unknown): Counters {
    return unpackCounters(packed as Uint8Array, (id) => this.#names.name(id));
  }
}

function recordOf(row: Readonly<Record<string, unknown>>): ValueRecord {
  return unpackRecord(row['record'] as Uint8Array);
}
