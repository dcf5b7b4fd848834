import type { DatabaseSync } from 'node:sqlite';
import type { CountedErasable } from '../audit/erasable.ts';
import { inTransaction } from '../baseline/sqlite-file.ts';

const tables = ['entry', 'notice', 'request'];

/** What a person was told and answered; what has still to be told is not told any more. */
export function erasableNotices(database: DatabaseSync): CountedErasable {
  database.exec('PRAGMA secure_delete = ON');
  const where = 'WHERE lower(recipient) = lower(?)';
  const count = (address: string) =>
    tables.reduce(
      (sum, table) =>
        sum +
        (database.prepare(`SELECT count(*) AS rows FROM ${table} ${where}`).get(address)?.[
          'rows'
        ] as number),
      0,
    );
  return {
    countRecipient: (address) => Promise.resolve(count(address)),
    eraseRecipient: (address) => {
      const erased = inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const rows = count(address);
        for (const table of tables) database.prepare(`DELETE FROM ${table} ${where}`).run(address);
        return rows;
      });
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return Promise.resolve(erased);
    },
  };
}
