import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export type SqliteFileOptions = {
  /** Opens an existing file and never writes to it. */
  readonly readOnly?: boolean;
  /** Longest wait for another process that writes. */
  readonly timeoutMs?: number;
};

/** What kind of file it is, and what is in a new one. */
export type SqliteContent = {
  /** For people: `Baseline store`. */
  readonly title: string;
  /** For people, of a file without any: `baselines`. */
  readonly holds: string;
  readonly schema: string;
  readonly schemaVersion: number;
  /** What each format after the first changes of the one before. */
  readonly upgrades?: readonly string[];
  /** That the upgrades call, by name. */
  readonly functions?: Readonly<Record<string, (text: string) => Uint8Array>>;
  /** Written into the file, so that it says whose it is. */
  readonly applicationId: number;
};

/**
 * Opens a database that several processes of a machine may share, or one in `:memory:`.
 * @throws Error in one sentence that names the file.
 */
export function openSqliteFile(
  path: string,
  content: SqliteContent,
  { readOnly = false, timeoutMs = 1000 }: SqliteFileOptions,
): DatabaseSync {
  const inFile = path !== ':memory:';
  if (inFile && readOnly && !existsSync(path)) {
    throw new Error(
      `${content.title} ${path} does not exist: nothing was learned there; check the path`,
    );
  }
  if (inFile && !existsSync(dirname(path))) {
    throw new Error(
      `${content.title} ${path}: the directory ${dirname(path)} does not exist; create it or name another path`,
    );
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: timeoutMs });
    checkContent(database, content);
    if (readOnly) readOnlyContent(database, content);
    else prepareContent(database, content);
    return database;
  } catch (error) {
    database?.close();
    throw explainSqliteError(error, { title: content.title, path });
  }
}

/** Runs `work` in a transaction, which it undoes by throwing. */
export function inTransaction<Answer>(
  database: DatabaseSync,
  begin: 'BEGIN' | 'BEGIN IMMEDIATE',
  work: () => Answer,
): Answer {
  try {
    database.exec(begin);
    const answer = work();
    database.exec('COMMIT');
    return answer;
  } catch (error) {
    if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Between two tries; what reads a file of ours is done within milliseconds. */
const truncateRetryMs = 20;

/**
 * Empties the log of writes, in which deleted rows can still be read. Nobody waits for it: where others use the file it
 * is tried again, with this thread free in between. @throws Error where they did so for `patienceMs`.
 */
export async function truncateLog(database: DatabaseSync, patienceMs: number): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!truncateLogNow(database)) {
    if (performance.now() >= until)
      throw new Error(
        `${database.location() ?? ':memory:'} was in use all the time: what was deleted can still be read in its log until this is done again`,
      );
    await sleep(truncateRetryMs);
  }
}

/** With a time-out SQLite would keep this thread, and all writers, until the last reader is done. */
function truncateLogNow(database: DatabaseSync): boolean {
  const usual = database.prepare('PRAGMA busy_timeout').get()?.['timeout'] as number;
  try {
    database.exec('PRAGMA busy_timeout = 0');
    return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${usual}`);
  }
}

/** Refuses what is not ours before anything is written. */
function checkContent(
  database: DatabaseSync,
  { applicationId, schemaVersion }: SqliteContent,
): void {
  const tables = database.prepare('SELECT name FROM sqlite_schema').all();
  const owner = database.prepare('PRAGMA application_id').get()?.['application_id'];
  if (tables.length > 0 && owner !== applicationId)
    throw new Error('is a database of another program; name another file');
  if (version(database) > schemaVersion) {
    throw new Error(
      `was written by a newer Aliaswatch (format ${version(database)}, this one reads ${schemaVersion}); upgrade, or name another file`,
    );
  }
}

function version(database: DatabaseSync): number {
  return database.prepare('PRAGMA user_version').get()?.['user_version'] as number;
}

/** By pragma: opened read-only, SQLite would leave its -wal and -shm files behind. */
function readOnlyContent(database: DatabaseSync, { holds, schemaVersion }: SqliteContent): void {
  if (version(database) === 0) throw new Error(`holds no ${holds}; nothing was learned there`);
  if (version(database) < schemaVersion) {
    throw new Error(
      `is of format ${version(database)}, this Aliaswatch reads ${schemaVersion}; let \`serve\` or \`learn\` open it once, which brings it up to date`,
    );
  }
  database.exec('PRAGMA query_only = ON');
}

function prepareContent(database: DatabaseSync, content: SqliteContent): void {
  const { schema, schemaVersion, upgrades = [], functions = {}, applicationId } = content;
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const isUpgraded = inTransaction(database, 'BEGIN IMMEDIATE', () => {
    // Another process may have been first, and may know more.
    checkContent(database, content);
    const found = version(database);
    if (found === schemaVersion) return false;
    for (const [name, answer] of Object.entries(functions))
      database.function(name, { deterministic: true }, (text) => answer(text as string));
    database.exec(
      `${[schema, ...upgrades].slice(found).join(' ')} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`,
    );
    return found > 0;
  });
  if (isUpgraded) giveRoomBack(database);
}

/** What an upgrade has left empty. Where others use the file, or the disk is full, it stays and is used again. */
function giveRoomBack(database: DatabaseSync): void {
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The upgrade is done.
  }
}

/** SQLite result codes (sqlite.org/rescode.html) in words; errors without one are ours. */
const reasons = new Map([
  [5, 'is locked by another process for too long'],
  [8, 'cannot be written; check the permissions of the file and its directory'],
  [13, 'cannot be written: the disk is full'],
  [14, 'cannot be opened; check that it is a file and that its directory can be written'],
]);

export function explainSqliteError(
  error: unknown,
  { title, path }: { readonly title: string; readonly path: string },
): unknown {
  if (!(error instanceof Error) || error instanceof RangeError) return error;
  const code = 'errcode' in error ? Number(error.errcode) & 0xff : -1;
  const isAlien = code === 26;
  const alien = `is not a ${title.charAt(0).toLowerCase()}${title.slice(1)}, or is damaged; name another file`;
  const reason = isAlien ? alien : (reasons.get(code) ?? error.message);
  return new Error(`${title} ${path} ${reason}`, { cause: error });
}
