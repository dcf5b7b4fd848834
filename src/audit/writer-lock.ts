import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { tryLockFile } from '../file-lock.ts';
import { directoryIdOf, lockFileName, readAuditDirectory, writerName } from './audit-files.ts';

const mostWriters = 1000;

/** A writer that no other process is, until it is disposed of or the process ends. */
export type WriterLock = Disposable & { readonly writer: string };

/**
 * Becomes a writer of this directory: the first that nobody is and that `isSound` finds fit to go on, or a new one.
 */
export async function lockWriter(
  directory: string,
  host: string,
  isSound: (writer: string) => Promise<boolean>,
): Promise<WriterLock> {
  const { writers } = await readAuditDirectory(directory);
  for (const writer of writers) {
    const lock = tryLock(directory, writer);
    if (lock === null) continue;
    if (await isSound(writer)) return lock;
    lock[Symbol.dispose]();
  }
  const [known = ''] = writers;
  const id = directoryIdOf(known) || randomBytes(4).toString('hex');
  for (let number = 1; number <= mostWriters; number++) {
    const writer = writerName(host, id, number);
    if (writers.some((other) => other.endsWith(`-${id}-${number}`))) continue;
    const lock = tryLock(directory, writer);
    // Another process may have had the same idea, and may even be gone again.
    if (lock !== null && (await isSound(writer))) return lock;
    lock?.[Symbol.dispose]();
  }
  throw new Error(`${directory}: too many audit logs are in use or damaged`);
}

function tryLock(directory: string, writer: string): WriterLock | null {
  const lock = tryLockFile(join(directory, lockFileName(writer)));
  return lock === null ? null : { writer, [Symbol.dispose]: () => lock[Symbol.dispose]() };
}
