import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;

/**
 * Locks a file, which it makes, against other processes of the machine, or with `shared` against who wants it alone; null
 * where one of them has it. The lock is one that the system takes back when the process dies, whatever it dies of.
 */
export function tryLockFile(path: string, how: 'alone' | 'shared' = 'alone'): Disposable | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // To read is to share, until the transaction ends.
    database.exec(
      how === 'alone' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT count(*) FROM sqlite_schema',
    );
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
