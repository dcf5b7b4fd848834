import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  inTransaction,
  openSqliteFile,
  truncateLog,
  type SqliteContent,
} from '../sqlite/sqlite-file.ts';
import type { PersonalValue } from './commitment.ts';
import { mentionsAddress } from './mentions-address.ts';

/** A line of a chain. */
export type LineName = { readonly writer: string; readonly sequence: number };

/** What lines commit to. Removing a value here changes no line. */
export type PersonalValues = Disposable & {
  /** Durable against a kill; the last ones may not survive a power cut, which costs the text and not the proof. */
  readonly keep: (lines: readonly (LineName & { values: readonly PersonalValue[] })[]) => void;
  readonly of: (line: LineName) => readonly PersonalValue[];
  /** Lines that name the address. */
  readonly linesNaming: (address: string) => readonly LineName[];
  /** Removes every value that names the address, from the file as well; gives how many. */
  readonly erase: (address: string) => Promise<number>;
};

export const content: SqliteContent = {
  title: 'Personal values of the audit log',
  holds: 'values',
  schema: `
CREATE TABLE value (writer TEXT, sequence INTEGER, name TEXT, salt TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (writer, sequence, name)) WITHOUT ROWID;`,
  schemaVersion: 1,
  applicationId: 0x41_4c_57_50, // 'ALWP'
};

const fileName = 'personal.db';

/** Null where nothing was ever kept. */
export function readPersonalValues(directory: string, timeoutMs: number): PersonalValues | null {
  return existsSync(join(directory, fileName)) ? openPersonalValues(directory, timeoutMs) : null;
}

/** @throws Error in one sentence when the file cannot be opened. */
export function openPersonalValues(directory: string, timeoutMs: number): PersonalValues {
  const database = openSqliteFile(join(directory, fileName), content, { timeoutMs });
  // What is deleted is overwritten: SQLite would only mark its place as free.
  database.exec('PRAGMA secure_delete = ON');
  const insert = database.prepare('INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?, ?)');
  // Of a line that was never written: its number is the next one's now.
  const clear = database.prepare('DELETE FROM value WHERE writer = ? AND sequence = ?');
  const select = database.prepare(
    'SELECT name, salt, value FROM value WHERE writer = ? AND sequence = ? ORDER BY name',
  );
  database.function('mentions', (value, address) =>
    mentionsAddress(value as string, address as string) ? 1 : 0,
  );
  const search = database.prepare(
    'SELECT writer, sequence, name FROM value WHERE mentions(value, ?) ORDER BY writer, sequence',
  );
  const remove = database.prepare(
    'DELETE FROM value WHERE writer = ? AND sequence = ? AND name = ?',
  );
  const naming = (address: string) => search.all(address) as (LineName & { name: string })[];
  return {
    keep: (lines) =>
      inTransaction(database, 'BEGIN IMMEDIATE', () => {
        for (const { writer, sequence, values } of lines) {
          clear.run(writer, sequence);
          for (const { name, salt, value } of values)
            insert.run(writer, sequence, name, salt, value);
        }
      }),
    of: ({ writer, sequence }) => select.all(writer, sequence) as PersonalValue[],
    linesNaming: (address) => naming(address).map(({ writer, sequence }) => ({ writer, sequence })),
    erase: async (address) => {
      const erased = inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const found = naming(address);
        for (const { writer, sequence, name } of found) remove.run(writer, sequence, name);
        return found.length;
      });
      // The log of changes still holds what was written; without this it would until the next start.
      await truncateLog(database, timeoutMs);
      return erased;
    },
    [Symbol.dispose]: () => database.close(),
  };
}
