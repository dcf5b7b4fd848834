import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Changes when any file below a directory does; also for one that has vanished or may not be read. Files are not opened.
 */
export async function rulesFingerprint(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true }).catch(codeOf);
  if (typeof names === 'string') return names;
  const parts = await Promise.all(
    names.sort().map(async (name) => `${name} ${await stampOf(join(directory, name))}`),
  );
  return parts.join('\n');
}

/** Larger files are no cases, nor messages of cases. */
const maxReadBytes = 2 * 1024 * 1024;

/** What the files below a directory hold, whenever they were written; never throws. */
export async function contentFingerprint(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true }).catch(codeOf);
  if (typeof names === 'string') return names;
  const hash = createHash('sha256');
  for (const name of names.sort())
    hash.update(`${name}\0${await contentOf(join(directory, name))}\0`);
  return hash.digest('hex');
}

async function contentOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return 'no file';
    if (found.size > maxReadBytes) return await stampOf(path);
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    return codeOf(error);
  }
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(codeOf);
  if (typeof found === 'string') return found;
  // Modes as well: what may not be read any more has not changed otherwise.
  const { mtimeNs, ctimeNs, size, ino, mode } = found;
  return [mtimeNs, ctimeNs, size, ino, mode].join(' ');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
