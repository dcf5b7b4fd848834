import type { DatabaseSync } from 'node:sqlite';
import type { CountedErasable } from '../audit/erasable.ts';
import { inTransaction, truncateLog } from '../sqlite/sqlite-file.ts';

const tables = ['entry', 'notice', 'request'];

const patienceMs = 5000;

const named = `FROM json_each(detail, '$.recipients') WHERE lower(value)`;
/** Of an entry: an administrator will hear of it, and the person is among its recipients. */
const isNaming = `audience = 'admin' AND detail <> '' AND EXISTS (SELECT 1 ${named} = lower(?))`;
const withoutName = `json_set(detail, '$.recipients', (SELECT json_group_array(value) ${named} <> lower(?)))`;

/** What a person was told and answered; what has still to be told is not told any more. */
export function erasableNotices(database: DatabaseSync): CountedErasable {
  database.exec('PRAGMA secure_delete = ON');
  const places = [
    ...tables.map((table) => `${table} WHERE lower(recipient) = lower(?)`),
    `entry WHERE ${isNaming}`,
  ];
  const rowsIn = (place: string, address: string) =>
    database.prepare(`SELECT count(*) AS rows FROM ${place}`).get(address)?.['rows'] as number;
  const count = (address: string) => places.reduce((sum, place) => sum + rowsIn(place, address), 0);
  return {
    countRecipient: (address) => Promise.resolve(count(address)),
    eraseRecipient: async (address) => {
      const erased = inTransaction(database, 'BEGIN IMMEDIATE', () => {
        const rows = count(address);
        for (const table of tables)
          database.prepare(`DELETE FROM ${table} WHERE lower(recipient) = lower(?)`).run(address);
        database
          .prepare(`UPDATE entry SET detail = ${withoutName} WHERE ${isNaming}`)
          .run(address, address);
        return rows;
      });
      await truncateLog(database, patienceMs);
      return erased;
    },
  };
}
