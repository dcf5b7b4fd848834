import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bodiesFolder } from './body-file.ts';

/** Far longer than any `hold` takes, in this process or another one that shares the directory. */
const leftoverAgeMs = 24 * 3_600_000;

/**
 * Removes what killed processes left behind: temporary files, messages without a description, and shared bytes that are
 * no message's any more. None of it was acknowledged, or it was purged.
 */
export async function sweepLeftovers(directory: string): Promise<void> {
  const names = await readdir(directory);
  const present = new Set(names);
  for (const name of names) {
    const isLeftover =
      /^[0-9a-z]{20}\.(?:eml|json)\.[0-9a-f]{12}\.tmp$/.test(name) ||
      (/^[0-9a-z]{20}\.eml$/.test(name) && !present.has(name.replace(/eml$/, 'json')));
    if (isLeftover) await removeOld(join(directory, name));
  }
  await sweepBodies(directory);
}

async function sweepBodies(directory: string): Promise<void> {
  const bodies = join(directory, bodiesFolder);
  for (const name of await readdir(bodies).catch(() => []))
    if (/^[0-9a-f]{64}$/.test(name)) await removeOld(join(bodies, name), 1);
}

/** Only where it has no more than so many names. */
async function removeOld(path: string, mostLinks = Infinity): Promise<void> {
  const { mtimeMs, nlink } = await stat(path).catch(() => sweptByAnother);
  if (nlink <= mostLinks && Date.now() - mtimeMs > leftoverAgeMs) await rm(path, { force: true });
}

const sweptByAnother = { mtimeMs: Infinity, nlink: 0 };
