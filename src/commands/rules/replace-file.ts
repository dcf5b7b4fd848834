import { chmod, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { realDisk, writeDurably } from '../../quarantine/disk.ts';

/** Replaces a file whole or not at all; its permissions stay, and so does a link to it. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const path = await realpath(file);
  const { mode } = await stat(path);
  await writeDurably(realDisk, {
    directory: dirname(path),
    name: basename(path),
    bytes: [Buffer.from(text)],
    settle: async (temporary, place) => {
      await chmod(temporary, mode);
      await realDisk.rename(temporary, place);
    },
  });
}
