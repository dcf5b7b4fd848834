import { randomBytes } from 'node:crypto';
import { link, open, rename, unlink, utimes } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The file calls that durability depends on; a test replaces them to fail or die at any one of them. */
export type Disk = {
  open(
    path: string,
    flags: string,
    mode?: number,
  ): Promise<Pick<FileHandle, 'writeFile' | 'sync' | 'close'>>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, name: string): Promise<void>;
  /** Makes a file look as if it were written now. */
  touch(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
};

export const realDisk: Disk = {
  open,
  rename,
  link,
  unlink,
  touch: (path) => utimes(path, new Date(), new Date()),
};

export type FileToWrite = {
  readonly directory: string;
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Gives the whole, synced file its name; `rename` when absent. */
  readonly settle?: (temporary: string, path: string) => Promise<void>;
};

/**
 * Creates or replaces a file so that after any crash it is there whole or as it was before. It is written beside its
 * place, synced, renamed, and the directory is synced, because only that makes the name durable (fsync(2)).
 */
export async function writeDurably(
  disk: Disk,
  { directory, name, bytes, settle = (from, to) => disk.rename(from, to) }: FileToWrite,
): Promise<void> {
  const temporary = join(directory, `${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await disk.open(temporary, 'wx', 0o600);
    try {
      for await (const chunk of bytes) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await settle(temporary, join(directory, name));
  } catch (error) {
    await disk.unlink(temporary).catch(() => undefined); // a leftover is swept at the next start
    throw error;
  }
  await syncDirectory(disk, directory);
}

export async function syncDirectory(disk: Disk, directory: string): Promise<void> {
  const handle = await disk.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
