import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;

/**
 * Locks a file, which it makes, against other processes of the machine; null where one of them has it. The lock is one
 * that the system takes back when the process dies, whatever it dies of.
 */
export function tryLockFile(path: string): Disposable | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
