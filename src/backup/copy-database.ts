import { DatabaseSync } from 'node:sqlite';
import { explainSqliteError, type SqliteContent } from '../sqlite/sqlite-file.ts';

/** Copies a database as it is at one moment, while others read and write it; what was deleted is not in the copy. */
export function copyDatabase(
  from: string,
  to: string,
  { title, applicationId }: SqliteContent,
): void {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(from, { timeout: 10_000 });
    if (ownerOf(database) !== applicationId) throw new Error('is not ours; it is not backed up');
    database.prepare('VACUUM INTO ?').run(to);
  } catch (error) {
    throw explainSqliteError(error, { title, path: from });
  } finally {
    database?.close();
  }
}

/** @throws Error in one sentence for a copy that is damaged, is something else, or that a newer program wrote. */
export function checkDatabase(path: string, name: string, content: SqliteContent): void {
  using database = new DatabaseSync(path, { readOnly: true });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (ownerOf(database) !== content.applicationId || version < 1)
      throw new Error('it is no database of this kind');
    if (version > content.schemaVersion)
      throw new Error(
        `it was written by a newer Aliaswatch (format ${version}, this one reads ${content.schemaVersion}); upgrade`,
      );
    const { quick_check: check } = database.prepare('PRAGMA quick_check(1)').get() ?? {};
    if (check !== 'ok') throw new Error('it is damaged');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}: ${reason}`, { cause: error });
  }
}

function ownerOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA application_id').get()?.['application_id'];
}
