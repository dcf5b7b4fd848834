import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from './config/bounded-file.ts';
import { tryLockFile } from './file-lock.ts';
import { realDisk, writeDurably } from './quarantine/disk.ts';

/**
 * Format of what is in a state directory beside the databases, which say theirs themselves: held mail, the record, keys,
 * operators, journals. A change that older programs pass over leaves it as it is.
 */
export const stateFormat = 1;

export const stateFormatFile = 'state.format';
const lockFile = 'state.lock';
/** Mark of a restore that has not come to its end. */
export const unfinishedRestore = 'restore.unfinished';

/** A directory without a mark is of the first format. @throws Error in one sentence for what a newer program wrote. */
export async function refuseNewerState(stateDir: string, known = stateFormat): Promise<number> {
  const path = join(stateDir, stateFormatFile);
  const read = await readBounded(path, 16);
  if (typeof read === 'string') return 1; // what cannot be read is told of by who needs it
  const format = /^\d{1,6}\n$/.test(read.toString()) ? Number(read.toString()) : null;
  if (format === null)
    throw new Error(`${path} is damaged: it should be ${known}; restore the state directory`);
  if (format > known)
    throw new Error(
      `the state directory ${stateDir} was written by a newer Aliaswatch (format ${format}, this one reads ${known}); upgrade, or name another directory`,
    );
  return format;
}

/**
 * Marks the directory, which is made where there is none, and keeps a restore away from it until disposed of; others
 * that serve from it are welcome.
 */
export async function useStateDirectory(stateDir: string): Promise<Disposable> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const lock = lockStateDirectory(stateDir, 'shared');
  if (lock === null)
    throw new Error(`${stateDir} is being restored: start again when \`restore\` is done`);
  try {
    if (existsSync(join(stateDir, unfinishedRestore)))
      throw new Error(
        `${stateDir} is half restored: run \`restore --force\` again until it comes to its end`,
      );
    const found = await refuseNewerState(stateDir);
    const isMarked = (await readBounded(join(stateDir, stateFormatFile), 16)) instanceof Buffer;
    if (found < stateFormat || !isMarked)
      await writeDurably(realDisk, {
        directory: stateDir,
        name: stateFormatFile,
        bytes: [Buffer.from(`${stateFormat}\n`)],
      });
    return lock;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Null where somebody serves from it or restores it. */
export function lockStateDirectory(
  stateDir: string,
  how: 'alone' | 'shared' = 'alone',
): Disposable | null {
  return tryLockFile(join(stateDir, lockFile), how);
}
