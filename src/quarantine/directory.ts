import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { realDisk, syncDirectory, writeDurably, type Disk } from './disk.ts';
import { errorCode } from './quarantine-error.ts';

const idFile = 'directory.id';

export async function createDirectory(disk: Disk, directory: string): Promise<void> {
  const firstCreated = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (firstCreated === undefined) return;
  // A directory lasts once its parent is synced, and so on up to the first one that was there before.
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    await syncDirectory(disk, parent);
    if (parent === dirname(firstCreated) || parent === dirname(parent)) return;
  }
}

/**
 * What the directory is called by all who mount it: nodes that share an index tell by it whose bytes are where. A
 * directory without a name gets one, unless `create` is false: then ''.
 */
export async function identifyDirectory(directory: string, create: boolean): Promise<string> {
  const found = await readId(directory);
  if (found !== '' || !create) return found;
  const name = newDirectoryId(hostname());
  await writeDurably(realDisk, {
    directory,
    name: idFile,
    bytes: [Buffer.from(`${name}\n`)],
    settle: async (temporary, path) => {
      // Of two that start at the same time one is first; a file that is there without a name is nobody's.
      const isTaken = await realDisk.link(temporary, path).then(
        () => true,
        async () => (await readId(directory)) !== '',
      );
      if (!isTaken) await realDisk.rename(temporary, path);
      await realDisk.unlink(temporary).catch(() => undefined);
    },
  });
  return readId(directory);
}

async function readId(directory: string): Promise<string> {
  try {
    const text = (await readFile(join(directory, idFile), 'utf8')).trim();
    return /^[0-9a-z-]{1,80}$/.test(text) ? text : '';
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return '';
  }
}

/** The host is for people: directories of nodes that share an index are told apart by the rest. */
function newDirectoryId(host: string): string {
  const slug = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${slug === '' ? 'node' : slug}-${randomBytes(5).toString('hex')}`;
}
