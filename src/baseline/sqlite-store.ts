import type { DatabaseSync } from 'node:sqlite';
import type { Snapshot } from './ledger.ts';
import { SqliteBaselines } from './sqlite-baselines.ts';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  type SqliteContent,
  type SqliteFileOptions,
} from '../sqlite/sqlite-file.ts';
import { firstFormat, laterFormats } from './sqlite-formats.ts';
import { packingFunctions } from './sqlite-packing.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import type {
  BaselineStore,
  Commit,
  Observation,
  ObserveRequest,
  StoredValue,
  StoreLimits,
} from './store.ts';
import { checkCommit, checkRequest } from './stored-form.ts';

export const content: SqliteContent = {
  title: 'Baseline store',
  holds: 'baselines',
  schema: firstFormat,
  schemaVersion: 1 + laterFormats.length,
  upgrades: laterFormats,
  functions: packingFunctions,
  applicationId: 0x41_4c_57_41, // 'ALWA'
};

/** Baselines in one file that several processes of a machine may share, or in `:memory:`. Rejects with one sentence when it cannot be opened. */
export function openSqliteStore(
  path: string,
  limits: StoreLimits,
  options: SqliteFileOptions = {},
): Promise<BaselineStore> {
  return Promise.try(() => new SqliteStore(path, limits, openSqliteFile(path, content, options)));
}

class SqliteStore implements BaselineStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #baselines: SqliteBaselines;

  constructor(path: string, limits: StoreLimits, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#baselines = new SqliteBaselines(new SqliteStatements(database), limits, () => new Date());
  }

  observe(request: ObserveRequest): Promise<Observation> {
    return Promise.try(() => {
      checkRequest(request);
      const observe = () => this.#baselines.observe(request);
      return request.count ? this.#write(observe) : this.#read(observe);
    });
  }

  commit(commit: Commit): Promise<void> {
    return Promise.try(() => {
      checkCommit(commit);
      this.#write(() => this.#baselines.commit(commit));
    });
  }

  retract(commit: Commit): Promise<void> {
    return Promise.try(() => {
      checkCommit(commit);
      this.#write(() => this.#baselines.retract(commit));
    });
  }

  aliases(): Promise<readonly string[]> {
    return Promise.try(() => this.#read(() => this.#baselines.aliases()));
  }

  describe(
    alias: string,
    at: Date,
  ): Promise<{ readonly snapshot: Snapshot; readonly values: readonly StoredValue[] }> {
    return Promise.try(() => this.#read(() => this.#baselines.describe(alias, at)));
  }

  forget(alias: string, day: number | null): Promise<void> {
    return Promise.try(() => this.#write(() => this.#baselines.forget(alias, day)));
  }

  eraseValue(table: string, value: string): Promise<number> {
    return Promise.try(() => this.#write(() => this.#baselines.eraseValue(table, value)));
  }

  async ping(): Promise<void> {
    await this.aliases();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => this.#database.close());
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

  #transaction<Answer>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => Answer): Answer {
    try {
      return inTransaction(this.#database, begin, work);
    } catch (error) {
      this.#baselines.rolledBack();
      throw explainSqliteError(error, { title: content.title, path: this.#path });
    }
  }
}
