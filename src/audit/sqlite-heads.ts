import { existsSync } from 'node:fs';
import { openSqliteFile, inTransaction, type SqliteContent } from '../sqlite/sqlite-file.ts';
import {
  decodeHead,
  encodeHead,
  type AuditHead,
  type AuditHeads,
  type HeadsOptions,
} from './audit-heads.ts';

export const content: SqliteContent = {
  title: 'Audit heads',
  holds: 'heads',
  schema: 'CREATE TABLE head (writer TEXT PRIMARY KEY, head TEXT NOT NULL) WITHOUT ROWID;',
  schemaVersion: 1,
  applicationId: 0x41_4c_57_48, // 'ALWH'
};

/** Heads in a file of their own. @throws Error in one sentence when it cannot be opened. */
export function openSqliteHeads(
  path: string,
  { timeoutMs, readOnly = false }: HeadsOptions,
): AuditHeads {
  if (readOnly && !existsSync(path)) return noHeads;
  const database = openSqliteFile(path, content, { timeoutMs, readOnly });
  const find = database.prepare('SELECT head FROM head WHERE writer = ?');
  const replace = database.prepare('INSERT OR REPLACE INTO head VALUES (?, ?)');
  const every = database.prepare('SELECT writer, head FROM head ORDER BY writer');

  const publish = (head: AuditHead): AuditHead =>
    inTransaction(database, 'BEGIN IMMEDIATE', () => {
      const found = find.get(head.writer)?.['head'] as string | undefined;
      const kept = found === undefined ? null : decodeHead(head.writer, found);
      if (kept !== null && kept.sequence >= head.sequence) return kept;
      replace.run(head.writer, encodeHead(head));
      return head;
    });
  return {
    publish: (head) => Promise.try(() => publish(head)),
    all: () =>
      Promise.try(() =>
        every
          .all()
          .flatMap(({ writer, head }) => decodeHead(writer as string, head as string) ?? []),
      ),
    [Symbol.asyncDispose]: () => Promise.try(() => database.close()),
  };
}

const noHeads: AuditHeads = {
  publish: () => Promise.reject(new Error('read only')),
  all: () => Promise.resolve([]),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
