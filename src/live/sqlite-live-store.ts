import { existsSync } from 'node:fs';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  type SqliteContent,
} from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import { readBreakerOrder, subjectOf } from './breaker-order.ts';
import { mostProcesses, type LiveStore } from './live-store.ts';
import { readProcessStatus } from './process-status.ts';

export const content: SqliteContent = {
  title: 'Live state',
  holds: 'processes',
  schema: `
CREATE TABLE process (name TEXT PRIMARY KEY, until INTEGER NOT NULL, status TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE breaker (only INTEGER PRIMARY KEY CHECK (only = 1), said TEXT NOT NULL);`,
  schemaVersion: 2,
  upgrades: [
    'DROP TABLE breaker; CREATE TABLE breaker_order (subject TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;',
  ],
  applicationId: 0x41_4c_57_4c, // 'ALWL'
};

export type SqliteLiveOptions = {
  /** Longest wait for another process that writes. */
  readonly timeoutMs: number;
  /** Nothing is created; where there is no file, nothing runs. */
  readonly readOnly?: boolean;
};

/** A file of its own: what is written every few seconds keeps nobody waiting who activates rules. */
export function openSqliteLiveStore(
  path: string,
  { timeoutMs, readOnly = false }: SqliteLiveOptions,
): LiveStore {
  if (readOnly && !existsSync(path)) return nobody;
  const database = openSqliteFile(path, content, { timeoutMs, readOnly });
  const sql = new SqliteStatements(database);
  const settle = <Answer>(work: () => Answer): Promise<Answer> =>
    Promise.try(work).catch((error: unknown) => {
      throw explainSqliteError(error, { title: content.title, path });
    });
  return {
    say: (name, status, keptMs) =>
      settle(() =>
        inTransaction(database, 'BEGIN IMMEDIATE', () => {
          const now = Date.now();
          sql.run('DELETE FROM process WHERE until < ?', now);
          const text = JSON.stringify(status);
          sql.run('INSERT OR REPLACE INTO process VALUES (?, ?, ?)', name, now + keptMs, text);
          sql.run(
            'DELETE FROM process WHERE name NOT IN (SELECT name FROM process ORDER BY until DESC LIMIT ?)',
            mostProcesses,
          );
        }),
      ),
    leave: (name) => settle(() => void sql.run('DELETE FROM process WHERE name = ?', name)),
    processes: () =>
      settle(() =>
        sql
          .all('SELECT status FROM process WHERE until >= ?', Date.now())
          .flatMap(({ status }) => readProcessStatus(status as string) ?? []),
      ),
    orders: () =>
      settle(() =>
        sql
          .all('SELECT said FROM breaker_order')
          .flatMap(({ said }) => readBreakerOrder(said as string) ?? []),
      ),
    give: (orders) =>
      settle(() =>
        inTransaction(database, 'BEGIN IMMEDIATE', () => {
          for (const order of orders)
            sql.run(
              'INSERT OR REPLACE INTO breaker_order VALUES (?, ?)',
              subjectOf(order),
              JSON.stringify(order),
            );
        }),
      ),
    propose: (order) =>
      settle(
        () =>
          void sql.run(
            'INSERT OR IGNORE INTO breaker_order VALUES (?, ?)',
            subjectOf(order),
            JSON.stringify(order),
          ),
      ),
    forget: (rulesets) =>
      settle(() =>
        inTransaction(database, 'BEGIN IMMEDIATE', () => {
          for (const ruleset of rulesets)
            sql.run('DELETE FROM breaker_order WHERE subject = ?', ruleset);
        }),
      ),
    [Symbol.asyncDispose]: () => Promise.try(() => database.close()),
  };
}

const nobody: LiveStore = {
  say: () => Promise.reject(new Error('read only')),
  leave: () => Promise.resolve(),
  processes: () => Promise.resolve([]),
  orders: () => Promise.resolve([]),
  give: () => Promise.reject(new Error('read only')),
  propose: () => Promise.reject(new Error('read only')),
  forget: () => Promise.reject(new Error('read only')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
