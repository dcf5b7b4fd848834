import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dayOf, type Snapshot } from './ledger.ts';
import { SqliteBaselines } from './sqlite-baselines.ts';
import { ledgerSchema } from './sqlite-ledger.ts';
import { SqliteStatements } from './sqlite-statements.ts';
import { trafficSchema } from './sqlite-traffic.ts';
import type {
  BaselineStore,
  Commit,
  Observation,
  ObserveRequest,
  StoredValue,
  StoreLimits,
} from './store.ts';
import { checkCommit, checkRequest } from './stored-form.ts';

export type SqliteStoreOptions = {
  /** Opens an existing store and never writes to it. */
  readonly readOnly?: boolean;
  /** Longest wait for another process that writes. */
  readonly timeoutMs?: number;
};

/** Baselines in one file that several processes of a machine may share, or in `:memory:`. Rejects with one sentence when it cannot be opened. */
export function openSqliteStore(
  path: string,
  limits: StoreLimits,
  options: SqliteStoreOptions = {},
): Promise<BaselineStore> {
  return settle(() => new SqliteStore(path, limits, openDatabase(path, options)));
}

class SqliteStore implements BaselineStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #baselines: SqliteBaselines;

  constructor(path: string, limits: StoreLimits, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#baselines = new SqliteBaselines(new SqliteStatements(database), limits, today);
  }

  observe(request: ObserveRequest): Promise<Observation> {
    return settle(() => {
      checkRequest(request);
      const observe = () => this.#baselines.observe(request);
      return request.count ? this.#write(observe) : this.#read(observe);
    });
  }

  commit(commit: Commit): Promise<void> {
    return settle(() => {
      checkCommit(commit);
      this.#write(() => this.#baselines.commit(commit));
    });
  }

  aliases(): Promise<readonly string[]> {
    return settle(() => this.#read(() => this.#baselines.aliases()));
  }

  describe(
    alias: string,
    at: Date,
  ): Promise<{ readonly snapshot: Snapshot; readonly values: readonly StoredValue[] }> {
    return settle(() => this.#read(() => this.#baselines.describe(alias, at)));
  }

  forget(alias: string, day: number | null): Promise<void> {
    return settle(() => this.#write(() => this.#baselines.forget(alias, day)));
  }

  async ping(): Promise<void> {
    await this.aliases();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return settle(() => this.#database.close());
  }

  #read<Answer>(work: () => Answer): Answer {
    return this.#transaction('BEGIN', work);
  }

  #write<Answer>(work: () => Answer): Answer {
    return this.#transaction('BEGIN IMMEDIATE', () => {
      this.#baselines.expire();
      return work();
    });
  }

  #transaction<Answer>(begin: string, work: () => Answer): Answer {
    try {
      this.#database.exec(begin);
      const answer = work();
      this.#database.exec('COMMIT');
      return answer;
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#baselines.rolledBack();
      throw explain(this.#path, error);
    }
  }
}

function settle<Answer>(work: () => Answer): Promise<Answer> {
  return new Promise((resolve) => resolve(work()));
}

function today(): number {
  return dayOf(new Date());
}

function openDatabase(
  path: string,
  { readOnly = false, timeoutMs = 1000 }: SqliteStoreOptions,
): DatabaseSync {
  const inFile = path !== ':memory:';
  if (inFile && readOnly && !existsSync(path)) {
    throw new Error(
      `Baseline store ${path} does not exist: nothing was learned there; check the path`,
    );
  }
  if (inFile && !existsSync(dirname(path))) {
    throw new Error(
      `Baseline store ${path}: the directory ${dirname(path)} does not exist; create it or name another path`,
    );
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: timeoutMs });
    checkContent(database);
    if (readOnly) readOnlyContent(database);
    else prepareContent(database);
    return database;
  } catch (error) {
    database?.close();
    throw explain(path, error);
  }
}

const schemaVersion = 1;
/** 'ALWA', so that the file says whose it is. */
const applicationId = 0x41_4c_57_41;

/** Refuses what is not ours before anything is written. */
function checkContent(database: DatabaseSync): void {
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
function readOnlyContent(database: DatabaseSync): void {
  if (version(database) === 0) throw new Error('holds no baselines; nothing was learned there');
  database.exec('PRAGMA query_only = ON');
}

function prepareContent(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('BEGIN IMMEDIATE');
  if (version(database) === 0) {
    database.exec(
      `${ledgerSchema} ${trafficSchema} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`,
    );
  }
  database.exec('COMMIT');
}

/** SQLite result codes (sqlite.org/rescode.html) in words; errors without one are ours. */
const reasons = new Map([
  [5, 'is locked by another process for too long'],
  [8, 'cannot be written; check the permissions of the file and its directory'],
  [13, 'cannot be written: the disk is full'],
  [14, 'cannot be opened; check that it is a file and that its directory can be written'],
  [26, 'is not a baseline store, or is damaged; name another file'],
]);

function explain(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RangeError) return error;
  const code = 'errcode' in error ? Number(error.errcode) & 0xff : null;
  return new Error(`Baseline store ${path} ${reasons.get(code ?? -1) ?? error.message}`, {
    cause: error,
  });
}
