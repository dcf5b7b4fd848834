import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes under these paths, for a progress bar; what cannot be looked at counts nothing. */
export async function archiveBytes(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) {
      bytes += found?.size ?? 0;
      continue;
    }
    const names = await readdir(path).catch(() => []);
    bytes += await archiveBytes(names.map((name) => join(path, name)));
  }
  return bytes;
}
