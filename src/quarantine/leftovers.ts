import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Far longer than any `hold` takes, in this process or another one that shares the directory. */
const leftoverAgeMs = 24 * 3_600_000;

/**
 * Removes what killed processes left behind: temporary files, and messages without a description. None of it was ever
 * acknowledged, so the client still has the mail.
 */
export async function sweepLeftovers(directory: string, names: readonly string[]): Promise<void> {
  const present = new Set(names);
  for (const name of names) {
    const isLeftover =
      /^[0-9a-z]{20}\.(?:eml|json)\.[0-9a-f]{12}\.tmp$/.test(name) ||
      (/^[0-9a-z]{20}\.eml$/.test(name) && !present.has(name.replace(/eml$/, 'json')));
    if (!isLeftover) continue;
    const path = join(directory, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity })); // swept by another process
    if (Date.now() - mtimeMs > leftoverAgeMs) await rm(path, { force: true });
  }
}
