import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  type SqliteContent,
  type SqliteFileOptions,
} from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import {
  isInForce,
  surplusOf,
  type Listing,
  type RecordChange,
  type RecordKind,
  type ReviewStore,
  type StoredRecord,
} from './review-store.ts';

export const content: SqliteContent = {
  title: 'Review store',
  holds: 'reviews',
  schema: `
CREATE TABLE record (kind TEXT, id TEXT, at INTEGER NOT NULL, until INTEGER, tags TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX record_age ON record (kind, at, id);
CREATE INDEX record_until ON record (until) WHERE until IS NOT NULL;
CREATE TABLE tag (kind TEXT, tag TEXT, at INTEGER, id TEXT, PRIMARY KEY (kind, tag, at, id)) WITHOUT ROWID;
CREATE TABLE claim (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE revision (number INTEGER NOT NULL);
INSERT INTO revision VALUES (1);`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_52, // 'ALWR'
};

const expireEveryMs = 60_000;
/** Records removed in one transaction: mail waits meanwhile. */
const removedAtOnce = 20;

/**
 * The review store in a file of its own: writing down what passes must not hold up the baselines that mail waits for.
 * Rejects with one sentence when it cannot be opened.
 */
export function openSqliteReviewStore(
  path: string,
  options: SqliteFileOptions = {},
): Promise<ReviewStore> {
  return Promise.try(() => {
    const database = openSqliteFile(path, content, options);
    // What is erased is a person's right and must not stay in free pages.
    database.exec('PRAGMA secure_delete = ON');
    return new SqliteReviewStore(path, database);
  });
}

type Row = { readonly [column: string]: unknown };

class SqliteReviewStore implements ReviewStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #sql: SqliteStatements;
  #expiredAtMs = 0;

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#sql = new SqliteStatements(database);
  }

  put(kind: RecordKind, records: readonly StoredRecord[]): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      for (const record of records) this.#set(kind, record.id, record);
      this.#expire();
    });
  }

  read(kind: RecordKind, ids: readonly string[]): Promise<readonly (StoredRecord | null)[]> {
    return this.#settle('BEGIN', () => ids.map((id) => this.#get(kind, id)));
  }

  change(kind: RecordKind, id: string, change: RecordChange): Promise<StoredRecord | null> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      const before = this.#get(kind, id);
      const after = change(before);
      if (after !== before) this.#set(kind, id, after);
      return after;
    });
  }

  newest(kind: RecordKind, { tag, limit, after }: Listing): Promise<readonly StoredRecord[]> {
    const [source, tagged] = tag === null ? ['record', ''] : ['tag', 'AND tag = ? '];
    const older = after ? 'AND (at, id) < (?, ?) ' : '';
    const ids = `SELECT id FROM ${source} WHERE kind = ? ${tagged}${older}ORDER BY at DESC, id DESC LIMIT ?`;
    const given = [kind, ...(tag === null ? [] : [tag]), ...(after ? [after.atMs, after.id] : [])];
    return this.#settle('BEGIN', () =>
      this.#sql
        .all(ids, ...given, limit)
        .map(({ id }) => this.#get(kind, id as string))
        .filter((record) => record !== null),
    );
  }

  idsOf(kind: RecordKind, tags: readonly string[]): Promise<readonly string[]> {
    return this.#settle('BEGIN', () => {
      const ids = new Set<string>();
      for (const tag of tags)
        for (const { id } of this.#sql.all(
          'SELECT id FROM tag JOIN record USING (kind, id) WHERE kind = ? AND tag = ? AND (until IS NULL OR until >= ?)',
          kind,
          tag,
          Date.now(),
        ))
          ids.add(id as string);
      return [...ids];
    });
  }

  async bound(kind: RecordKind, tag: string, most: number): Promise<void> {
    const size = 'SELECT COUNT(*) AS size FROM tag WHERE kind = ? AND tag = ?';
    const oldest = 'SELECT id FROM tag WHERE kind = ? AND tag = ? ORDER BY at, id LIMIT ?';
    const found = await this.#settle('BEGIN', () => this.#sql.get(size, kind, tag));
    let surplus = surplusOf(found?.['size'] as number, most);
    while (surplus > 0) {
      const some = Math.min(surplus, removedAtOnce);
      await this.#settle('BEGIN IMMEDIATE', () => {
        for (const { id } of this.#sql.all(oldest, kind, tag, some))
          this.#set(kind, id as string, null);
      });
      surplus -= some;
      await yieldToOthers();
    }
  }

  claim(name: string, owner: string, durationMs: number): Promise<boolean> {
    const sql =
      'INSERT INTO claim VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE owner = excluded.owner OR until < ?';
    return this.#settle('BEGIN IMMEDIATE', () => {
      const now = Date.now();
      return this.#sql.run(sql, name, owner, now + durationMs, now) === 1;
    });
  }

  disclaim(name: string, owner: string): Promise<void> {
    return this.#settle('BEGIN IMMEDIATE', () => {
      this.#sql.run('DELETE FROM claim WHERE name = ? AND owner = ?', name, owner);
    });
  }

  revision(): Promise<number> {
    return this.#settle(
      'BEGIN',
      () => this.#sql.get('SELECT number FROM revision')?.['number'] as number,
    );
  }

  async ping(): Promise<void> {
    await this.revision();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => this.#database.close());
  }

  #get(kind: RecordKind, id: string): StoredRecord | null {
    const row = this.#sql.get('SELECT * FROM record WHERE kind = ? AND id = ?', kind, id);
    const record = row === undefined ? null : recordOf(row);
    return record !== null && isOver(record) ? null : record;
  }

  #set(kind: RecordKind, id: string, record: StoredRecord | null): void {
    const row = this.#sql.get('SELECT * FROM record WHERE kind = ? AND id = ?', kind, id);
    if (row !== undefined) this.#dropTags(kind, recordOf(row));
    if (record === null) this.#sql.run('DELETE FROM record WHERE kind = ? AND id = ?', kind, id);
    else {
      const { atMs, untilMs, tags, text } = record;
      this.#sql.run(
        'INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)',
        ...[kind, id, atMs, untilMs, JSON.stringify(tags), text],
      );
      for (const tag of new Set(tags))
        this.#sql.run('INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?)', kind, tag, atMs, id);
    }
    if (isInForce(kind)) this.#sql.run('UPDATE revision SET number = number + 1');
  }

  #dropTags(kind: RecordKind, { id, atMs, tags }: StoredRecord): void {
    const sql = 'DELETE FROM tag WHERE kind = ? AND tag = ? AND at = ? AND id = ?';
    for (const tag of tags) this.#sql.run(sql, kind, tag, atMs, id);
  }

  /** Once in a while, beside what is written. */
  #expire(): void {
    const now = Date.now();
    if (now - this.#expiredAtMs < expireEveryMs) return;
    const sql = 'SELECT kind, id FROM record WHERE until < ? LIMIT ?';
    const over = this.#sql.all(sql, now, removedAtOnce);
    for (const { kind, id } of over) this.#set(kind as RecordKind, id as string, null);
    // Of many, the next that is written takes some along.
    if (over.length < removedAtOnce) this.#expiredAtMs = now;
    this.#sql.run('DELETE FROM claim WHERE until < ?', now);
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

function recordOf(row: Row): StoredRecord {
  return {
    id: row['id'] as string,
    atMs: row['at'] as number,
    untilMs: row['until'] as number | null,
    tags: JSON.parse(row['tags'] as string) as string[],
    text: row['text'] as string,
  };
}

function isOver({ untilMs }: StoredRecord): boolean {
  return untilMs !== null && untilMs < Date.now();
}
