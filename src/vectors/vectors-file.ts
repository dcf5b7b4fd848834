import type { DatabaseSync } from 'node:sqlite';
import {
  inTransaction,
  openSqliteFile,
  truncateLog,
  type SqliteContent,
  type SqliteFileOptions,
} from '../sqlite/sqlite-file.ts';
import { leastKeys } from './reservoir.ts';

/** Name of the file in the state directory. */
export const vectorsFileName = 'vectors.db';

export const content: SqliteContent = {
  title: 'File of kept mail',
  holds: 'kept mail',
  schema: `
CREATE TABLE vector (id TEXT NOT NULL, alias TEXT NOT NULL, held INTEGER NOT NULL, day INTEGER NOT NULL, key REAL NOT NULL, ruleset TEXT NOT NULL, recipients TEXT NOT NULL, snapshot TEXT NOT NULL, fits TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX vector_key ON vector (alias, held, day, key);
CREATE TABLE shared (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE scored (alias TEXT NOT NULL, day INTEGER NOT NULL, held INTEGER NOT NULL, messages INTEGER NOT NULL, PRIMARY KEY (alias, day, held)) WITHOUT ROWID;`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_56, // 'ALWV'
};

/** One message to be kept. */
export type VectorRow = {
  readonly id: string;
  readonly alias: string;
  readonly isHeld: boolean;
  readonly day: number;
  readonly key: number;
  readonly ruleset: string;
  /** Keyed hashes. */
  readonly recipients: readonly string[];
  /** Names of shared parts. */
  readonly snapshot: string;
  readonly fits: string;
  readonly body: Uint8Array;
};

export type Scored = {
  readonly alias: string;
  readonly day: number;
  readonly isHeld: boolean;
  readonly messages: number;
};

export type VectorBatch = {
  readonly rows: readonly VectorRow[];
  /** Bytes by name, for rows of this batch. */
  readonly shared: ReadonlyMap<string, Uint8Array>;
  readonly scored: readonly Scored[];
};

export type Selection = {
  /** First day (day number). */
  readonly since: number;
  /** Null for all. */
  readonly aliases: readonly string[] | null;
  /** Messages of an alias that are drawn; held ones come on top. */
  readonly perAlias: number;
};

type StoredRow = Pick<VectorRow, 'snapshot' | 'fits' | 'body'>;

/** Held messages of one alias, as a multiple of the others: only a flood has more, and is drawn from as well. */
const heldShare = 10;

export function mostOf(isHeld: boolean, perAlias: number): number {
  return isHeld ? heldShare * perAlias : perAlias;
}

/** Kept mail in a file that the processes of one machine share; synchronous, every call a few milliseconds. */
export type VectorsFile = Disposable & {
  readonly add: (batch: VectorBatch) => void;
  /** Drops what the draw does not need; gives the least key with which a message of that day is still kept. */
  readonly thin: (alias: string, isHeld: boolean, of: { perAlias: number; day: number }) => number;
  /** Drops the days before `day`, and shared parts of nothing; gives the messages dropped. */
  readonly expire: (day: number) => number;
  readonly count: () => number;
  /** Row numbers of the draw, in order. */
  readonly select: (selection: Selection) => readonly number[];
  /** In order; null for what is not there any more. */
  readonly read: (rows: readonly number[]) => readonly (StoredRow | null)[];
  readonly shared: (id: string) => Uint8Array | null;
  readonly scored: (
    selection: Omit<Selection, 'perAlias'>,
  ) => readonly Pick<Scored, 'alias' | 'isHeld' | 'messages'>[];
  /** First day of which anything is known, or null. */
  readonly firstDay: () => number | null;
  readonly countRecipient: (hash: string) => number;
  /** Drops every message that went to the recipient, and leaves no trace of it in free pages or the log of writes. */
  readonly eraseRecipient: (hash: string) => Promise<number>;
  /** Drops one day of an alias, or with null all of it. */
  readonly forget: (alias: string, day: number | null) => void;
};

const erasePatienceMs = 10_000;

/** @throws Error in one sentence that names the file. */
export function openVectorsFile(path: string, options: SqliteFileOptions = {}): VectorsFile {
  const database = openSqliteFile(path, content, options);
  database.exec('PRAGMA secure_delete = ON');
  const get = (sql: string, ...given: (string | number)[]) => database.prepare(sql).get(...given);
  const all = (sql: string, ...given: (string | number)[]) => database.prepare(sql).all(...given);
  const run = (sql: string, ...given: (string | number)[]) =>
    Number(database.prepare(sql).run(...given).changes);
  // A backtest reads tens of thousands of rows: each alone would lock and unlock the file.
  const readRows = database.prepare(
    'SELECT rowid AS row, snapshot, fits, body FROM vector WHERE rowid IN (SELECT value FROM json_each(?))',
  );
  return {
    add: (batch) => addBatch(database, batch),
    thin: (alias, isHeld, { perAlias, day }) => {
      const held = isHeld ? 1 : 0;
      const drawn = all('SELECT day, key FROM vector WHERE alias = ? AND held = ?', alias, held);
      const least = leastKeys(drawn as { day: number; key: number }[], mostOf(isHeld, perAlias));
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        for (const [of, key] of least)
          if (key > 0)
            run(
              'DELETE FROM vector WHERE alias = ? AND held = ? AND day = ? AND key < ?',
              ...[alias, held, of, key],
            );
      });
      return least.get(day) ?? 0;
    },
    expire: (day) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        run('DELETE FROM scored WHERE day < ?', day);
        const dropped = run('DELETE FROM vector WHERE day < ?', day);
        dropUnused(database);
        return dropped;
      }),
    count: () => Number(get('SELECT count(*) AS n FROM vector')?.['n'] ?? 0),
    select: (selection) => select(database, selection),
    read: (rows) => {
      const found = readRows.all(JSON.stringify(rows)) as (StoredRow & { readonly row: number })[];
      const byRow = new Map(found.map((row) => [row.row, row]));
      return rows.map((row) => byRow.get(row) ?? null);
    },
    shared: (id) =>
      (get('SELECT body FROM shared WHERE id = ?', id)?.['body'] as Uint8Array | undefined) ?? null,
    scored: ({ since, aliases }) =>
      all(
        'SELECT alias, held, sum(messages) AS messages FROM scored WHERE day >= ? GROUP BY alias, held',
        since,
      )
        .map(({ alias, held, messages }) => ({
          alias: String(alias),
          isHeld: held === 1,
          messages: Number(messages),
        }))
        .filter(({ alias }) => aliases?.includes(alias) !== false),
    firstDay: () => (get('SELECT min(day) AS day FROM scored')?.['day'] as number | null) ?? null,
    countRecipient: (hash) =>
      Number(get(`SELECT count(*) AS n FROM vector WHERE ${goesTo}`, hash)?.['n'] ?? 0),
    eraseRecipient: async (hash) => {
      const erased = run(`DELETE FROM vector WHERE ${goesTo}`, hash);
      await truncateLog(database, erasePatienceMs);
      return erased;
    },
    forget: (alias, day) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const [where, given] =
          day === null ? (['', []] as const) : ([' AND day = ?', [day]] as const);
        run(`DELETE FROM vector WHERE alias = ?${where}`, alias, ...given);
        run(`DELETE FROM scored WHERE alias = ?${where}`, alias, ...given);
        dropUnused(database);
      }),
    [Symbol.dispose]: () => database.close(),
  };
}

const goesTo = "instr(recipients, ' ' || ? || ' ') > 0";

function addBatch(database: DatabaseSync, { rows, shared, scored }: VectorBatch): void {
  inTransaction(database, 'BEGIN IMMEDIATE', () => {
    const share = database.prepare('INSERT OR IGNORE INTO shared VALUES (?, ?)');
    for (const [id, body] of shared) share.run(id, body);
    const insert = database.prepare('INSERT INTO vector VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const row of rows) {
      const { id, alias, day, key, ruleset, snapshot, fits, body } = row;
      const recipients = ` ${row.recipients.join(' ')} `;
      const held = row.isHeld ? 1 : 0;
      insert.run(id, alias, held, day, key, ruleset, recipients, snapshot, fits, body);
    }
    const count = database.prepare(
      'INSERT INTO scored VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET messages = messages + excluded.messages',
    );
    for (const { alias, day, isHeld, messages } of scored)
      count.run(alias, day, isHeld ? 1 : 0, messages);
  });
}

function dropUnused(database: DatabaseSync): void {
  database.exec(
    'DELETE FROM shared WHERE id NOT IN (SELECT snapshot FROM vector) AND id NOT IN (SELECT fits FROM vector)',
  );
}

/** The largest keys of each alias in the window; held ones by a bound of their own. */
function select(
  database: DatabaseSync,
  { since, aliases, perAlias }: Selection,
): readonly number[] {
  const rows = database
    .prepare(
      `SELECT row, alias FROM (
         SELECT rowid AS row, alias, held, row_number() OVER (PARTITION BY alias, held ORDER BY key DESC) AS place
         FROM vector WHERE day >= ?)
       WHERE place <= CASE held WHEN 1 THEN ? ELSE ? END ORDER BY alias, row`,
    )
    .all(since, mostOf(true, perAlias), mostOf(false, perAlias));
  return rows
    .filter(({ alias }) => aliases?.includes(String(alias)) !== false)
    .map(({ row }) => Number(row));
}
