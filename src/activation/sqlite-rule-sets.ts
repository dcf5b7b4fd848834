import { existsSync } from 'node:fs';
import {
  explainSqliteError,
  inTransaction,
  openSqliteFile,
  type SqliteContent,
} from '../sqlite/sqlite-file.ts';
import { SqliteStatements } from '../sqlite/sqlite-statements.ts';
import {
  keptActivations,
  keptSets,
  nothingInForce,
  type Activation,
  type InForce,
  type RuleSetStore,
} from './rule-set-store.ts';
import { packFiles, unpackFiles } from './stored-files.ts';

export const content: SqliteContent = {
  title: 'Stored rules',
  holds: 'rules',
  schema: `
CREATE TABLE in_force (sequence INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE rule_set (version TEXT PRIMARY KEY, used INTEGER NOT NULL, files BLOB NOT NULL);
CREATE TABLE activation (sequence INTEGER PRIMARY KEY, version TEXT NOT NULL, entry TEXT NOT NULL);
CREATE INDEX activation_version ON activation (version);`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_53, // 'ALWS'
};

export type SqliteRuleSetsOptions = {
  /** Longest wait for another process that writes. */
  readonly timeoutMs: number;
  /** Nothing is created; where there is no file, nothing was ever activated. */
  readonly readOnly?: boolean;
};

/** Rule sets in a file of their own. @throws Error in one sentence when it cannot be opened. */
export function openSqliteRuleSets(
  path: string,
  { timeoutMs, readOnly = false }: SqliteRuleSetsOptions,
): RuleSetStore {
  if (readOnly && !existsSync(path)) return noRuleSets;
  const database = openSqliteFile(path, content, { timeoutMs, readOnly });
  const sql = new SqliteStatements(database);
  const keep = readOnly
    ? null
    : database.prepare('INSERT OR REPLACE INTO rule_set VALUES (?, ?, ?)');
  // What is in force must survive a power cut: it is written rarely.
  if (!readOnly) database.exec('PRAGMA synchronous = FULL');

  const inForce = (): InForce => {
    const [row] = sql.all('SELECT sequence, state FROM in_force');
    if (row === undefined) return nothingInForce;
    return {
      ...(JSON.parse(row['state'] as string) as Omit<InForce, 'sequence'>),
      sequence: row['sequence'] as number,
    };
  };
  const settle = <Answer>(work: () => Answer): Promise<Answer> =>
    Promise.try(work).catch((error: unknown) => {
      throw explainSqliteError(error, { title: content.title, path });
    });
  return {
    inForce: () => settle(inForce),
    filesOf: async (version) => {
      const [row] = await settle(() =>
        sql.all('SELECT files FROM rule_set WHERE version = ?', version),
      );
      return row === undefined ? null : unpackFiles(row['files'] as Uint8Array);
    },
    isKnown: (version) =>
      settle(
        () => sql.all('SELECT 1 FROM activation WHERE version = ? LIMIT 1', version).length > 0,
      ),
    history: (limit) =>
      settle(() =>
        sql
          .all('SELECT entry FROM activation ORDER BY sequence DESC LIMIT ?', limit)
          .map(({ entry }) => JSON.parse(entry as string) as Activation),
      ),
    change: async (sequence, { next, entry, files }) => {
      const packed = files === null ? null : await packFiles(files);
      const write = () => {
        if (inForce().sequence !== sequence) return false;
        const now = sequence + 1;
        sql.run('DELETE FROM in_force');
        sql.run('INSERT INTO in_force VALUES (?, ?)', now, JSON.stringify(next));
        const text = JSON.stringify(entry);
        sql.run('INSERT INTO activation VALUES (?, ?, ?)', now, entry.version, text);
        if (packed !== null) keep?.run(entry.version, now, packed);
        for (const version of [next.active, next.candidate?.version ?? null])
          sql.run('UPDATE rule_set SET used = ? WHERE version = ?', now, version);
        sql.run(
          'DELETE FROM rule_set WHERE version NOT IN (SELECT version FROM rule_set ORDER BY used DESC LIMIT ?)',
          keptSets,
        );
        sql.run('DELETE FROM activation WHERE sequence <= ?', now - keptActivations);
        return true;
      };
      return settle(() => inTransaction(database, 'BEGIN IMMEDIATE', write));
    },
    [Symbol.asyncDispose]: () => Promise.try(() => database.close()),
  };
}

const noRuleSets: RuleSetStore = {
  inForce: () => Promise.resolve(nothingInForce),
  filesOf: () => Promise.resolve(null),
  isKnown: () => Promise.resolve(false),
  history: () => Promise.resolve([]),
  change: () => Promise.reject(new Error('read only')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
