import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqliteFile, type SqliteContent } from '../sqlite/sqlite-file.ts';

export const content: SqliteContent = {
  title: 'Notices',
  holds: 'notices',
  schema: `
CREATE TABLE entry (recipient TEXT, audience TEXT, kind TEXT, message TEXT, campaign TEXT NOT NULL, due_ms INTEGER NOT NULL, notice TEXT, detail TEXT NOT NULL, PRIMARY KEY (recipient, audience, kind, message)) WITHOUT ROWID;
CREATE INDEX entry_waiting ON entry (notice, due_ms);
CREATE INDEX entry_campaign ON entry (recipient, audience, kind, campaign);
CREATE INDEX entry_message ON entry (message);
CREATE TABLE notice (id TEXT PRIMARY KEY, recipient TEXT NOT NULL, audience TEXT NOT NULL, kind TEXT NOT NULL, created_ms INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, leased_ms INTEGER NOT NULL, closed_ms INTEGER, reply TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX notice_pending ON notice (state, next_ms);
CREATE INDEX notice_age ON notice (state, created_ms);
CREATE INDEX notice_recipient ON notice (recipient, audience, created_ms);
CREATE TABLE request (id TEXT PRIMARY KEY, kind TEXT NOT NULL, message TEXT NOT NULL, recipient TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL, closed_ms INTEGER, closed_by TEXT NOT NULL, detail TEXT NOT NULL, UNIQUE (kind, message, recipient)) WITHOUT ROWID;
CREATE INDEX request_state ON request (state, id);
CREATE TABLE used_link (mac TEXT PRIMARY KEY, done INTEGER NOT NULL, at_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_4e, // 'ALWN'
};

export function noticesPath(stateDir: string): string {
  return join(stateDir, 'notices.db');
}

/** Whether this state directory has ever had anything to tell. */
export function hasNotices(stateDir: string): boolean {
  return existsSync(noticesPath(stateDir));
}

/**
 * What has to be told, what was told, and what recipients answered. Unlike the baselines it is on disk at every commit
 * (fsync): a notice that is lost is a message that nobody knows of.
 *
 * @throws Error in one sentence that names the file.
 */
export function openNoticesFile(
  path: string,
  options: { readonly readOnly?: boolean } = {},
): DatabaseSync {
  const database = openSqliteFile(path, content, { ...options, timeoutMs: 5000 });
  database.exec('PRAGMA synchronous = FULL');
  return database;
}
