import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqliteFile, type SqliteContent } from '../../sqlite/sqlite-file.ts';

export const content: SqliteContent = {
  title: 'Access file',
  holds: 'sessions',
  applicationId: 0x41776163,
  schemaVersion: 1,
  schema: `
    CREATE TABLE session (
      hash TEXT PRIMARY KEY, operator TEXT NOT NULL, credential TEXT NOT NULL,
      address TEXT NOT NULL, begun INTEGER NOT NULL, seen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE token (
      id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
      made INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER
    ) STRICT, WITHOUT ROWID;`,
};

/** Opens on first use: a console that nobody visits leaves nothing behind. */
export type AccessFile = Disposable & { readonly open: () => DatabaseSync };

/**
 * Sessions and tokens, in `access.db` of the state directory: the console and the commands share it, so that what a
 * command revokes is out at once. Neither is stored, only their hashes.
 */
export function openAccessFile(stateDir: string): AccessFile {
  let database: DatabaseSync | null = null;
  return {
    open: () => {
      if (database !== null) return database;
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const path = join(stateDir, 'access.db');
      database = openSqliteFile(path, content, {});
      chmodSync(path, 0o600);
      return database;
    },
    [Symbol.dispose]: () => {
      database?.close();
      database = null;
    },
  };
}

/** 256 random bits, in 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Of 256 random bits a plain hash is enough: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
