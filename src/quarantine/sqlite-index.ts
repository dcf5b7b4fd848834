import type { DatabaseSync } from 'node:sqlite';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  truncateLog,
  type SqliteContent,
} from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type {
  DueQuery,
  IndexEntry,
  IndexPage,
  IndexQuery,
  IndexTotals,
  QuarantineIndex,
} from './quarantine-index.ts';
import type { HeldState } from './quarantine.ts';
import { SqliteIndexPages } from './sqlite-index-pages.ts';

/**
 * Bodies lie apart, so that counting and searching read small rows only. A list is an index range for each of the usual
 * filters: none, an alias, a campaign, each with and without a state.
 */
export const content: SqliteContent = {
  title: 'Quarantine index',
  holds: 'held mail',
  schema: `
CREATE TABLE held (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, directory TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL, alias TEXT NOT NULL, campaign TEXT NOT NULL, bytes INTEGER NOT NULL, expires INTEGER NOT NULL, closed INTEGER NOT NULL, noticed INTEGER NOT NULL, version REAL NOT NULL, marks TEXT NOT NULL);
CREATE TABLE body (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE filled (directory TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claim (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX held_place ON held (place, marks);
CREATE INDEX held_state ON held (state, place, bytes, marks);
CREATE INDEX held_alias ON held (alias, place);
CREATE INDEX held_alias_state ON held (alias, state, place);
CREATE INDEX held_campaign ON held (campaign, place);
CREATE INDEX held_campaign_state ON held (campaign, state, place);
CREATE INDEX held_expires ON held (directory, expires, id) WHERE state = 'held';
CREATE INDEX held_unnoticed ON held (directory, expires, id) WHERE state = 'held' AND noticed = 0;
CREATE INDEX held_closed ON held (directory, closed, id) WHERE state <> 'held';`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_51, // 'ALWQ'
};

/** Rejects with one sentence when the file cannot be opened. */
export function openSqliteIndex(
  path: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<QuarantineIndex> {
  return Promise.try(() => {
    const database = openSqliteFile(path, content, { timeoutMs });
    // What is erased is a person's right and must not stay in free pages.
    database.exec('PRAGMA secure_delete = ON');
    // KiB: a search reads all of an index, which fits; its marks are in it, since fetching each row takes four times as long.
    database.exec('PRAGMA cache_size = -49152');
    return new SqliteIndex(path, database);
  });
}

class SqliteIndex implements QuarantineIndex {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #sql: SqliteStatements;
  readonly #pages: SqliteIndexPages;

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#sql = new SqliteStatements(database);
    this.#pages = new SqliteIndexPages(this.#sql, (work) => this.#settle('BEGIN', work));
  }

  put(entries: readonly IndexEntry[]): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      for (const entry of entries) this.#put(entry);
    });
  }

  remove(directory: string, ids: readonly string[]): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      for (const id of ids) {
        const row = this.#sql.get(
          'DELETE FROM held WHERE id = ? AND directory = ? RETURNING number',
          id,
          directory,
        );
        if (row !== undefined)
          this.#sql.run('DELETE FROM body WHERE number = ?', row['number'] as number);
      }
    });
  }

  scrub(patienceMs: number): Promise<void> {
    return truncateLog(this.#database, patienceMs);
  }

  query(query: IndexQuery): Promise<IndexPage> {
    return this.#pages.page(query);
  }

  locate(id: string): Promise<string | null> {
    return this.#settle('BEGIN', () => {
      const row = this.#sql.get('SELECT directory FROM held WHERE id = ?', id);
      return row === undefined ? null : (row['directory'] as string);
    });
  }

  versions(directory: string): Promise<ReadonlyMap<string, number>> {
    return this.#settle('BEGIN', () => {
      const rows = this.#sql.all('SELECT id, version FROM held WHERE directory = ?', directory);
      return new Map(rows.map(({ id, version }) => [id as string, version as number]));
    });
  }

  due({ directory, what, before, limit }: DueQuery): Promise<readonly string[]> {
    const { state, at } = dueRows[what];
    return this.#settle('BEGIN', () =>
      this.#sql
        .all(
          `SELECT id FROM held WHERE directory = ? AND ${state} AND ${at} < ? ORDER BY ${at}, id LIMIT ?`,
          directory,
          before,
          limit,
        )
        .map(({ id }) => id as string),
    );
  }

  totals(): Promise<IndexTotals> {
    return this.#settle('BEGIN', () => {
      const messages = { held: 0, released: 0, deleted: 0 };
      const bytes = { held: 0, released: 0, deleted: 0 };
      const rows = this.#sql.all(
        'SELECT state, COUNT(*) AS messages, SUM(bytes) AS bytes FROM held GROUP BY state',
      );
      for (const row of rows) {
        messages[row['state'] as HeldState] = row['messages'] as number;
        bytes[row['state'] as HeldState] = row['bytes'] as number;
      }
      const oldest = this.#sql.get("SELECT MIN(place) AS place FROM held WHERE state = 'held'");
      const place = oldest?.['place'] as string | null;
      return { messages, bytes, oldestHeldAt: place === null ? null : Number(place.slice(0, 15)) };
    });
  }

  isFilled(directory: string): Promise<boolean> {
    return this.#settle(
      'BEGIN',
      () => this.#sql.get('SELECT 1 FROM filled WHERE directory = ?', directory) !== undefined,
    );
  }

  setFilled(directory: string): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      this.#sql.run('INSERT OR IGNORE INTO filled VALUES (?)', directory);
    });
  }

  claim(name: string, holder: string, ms: number): Promise<boolean> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      const now = Date.now();
      const row = this.#sql.get(
        'INSERT INTO claim VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE holder = excluded.holder OR until <= ? RETURNING name',
        name,
        holder,
        now + ms,
        now,
      );
      return row !== undefined;
    });
  }

  disclaim(name: string, holder: string): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      this.#sql.run('DELETE FROM claim WHERE name = ? AND holder = ?', name, holder);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => this.#database.close());
  }

  #put(entry: IndexEntry): void {
    const { id, directory, place, state, alias, campaign, bytes } = entry;
    const { expiresAt, closedAt, isNoticed, version, marks, body } = entry;
    const values = [directory, place, state, alias, campaign, bytes, expiresAt, closedAt];
    const row = this.#sql.get(
      `INSERT INTO held (directory, place, state, alias, campaign, bytes, expires, closed, noticed, version, marks, id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
directory = excluded.directory, place = excluded.place, state = excluded.state, alias = excluded.alias,
campaign = excluded.campaign, bytes = excluded.bytes, expires = excluded.expires, closed = excluded.closed,
noticed = excluded.noticed, version = excluded.version, marks = excluded.marks WHERE excluded.version >= version RETURNING number`,
      ...values,
      Number(isNoticed),
      version,
      marks,
      id,
    );
    if (row === undefined) return; // a newer one is there
    this.#sql.run('INSERT OR REPLACE INTO body VALUES (?, ?)', row['number'] as number, body);
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

const dueRows = {
  unnoticed: { state: "state = 'held' AND noticed = 0", at: 'expires' },
  expires: { state: "state = 'held'", at: 'expires' },
  closed: { state: "state <> 'held'", at: 'closed' },
} as const;
