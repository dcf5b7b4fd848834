import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realDisk, writeDurably } from '../../quarantine/disk.ts';

/** Keys by version; the newest signs, the others still prove what they have signed. */
export type LinkKeys = {
  readonly current: { readonly version: number; readonly key: Buffer };
  readonly all: ReadonlyMap<number, Buffer>;
};

const keyBytes = 32;
const fileName = 'notice-links.key';
/** Older ones have signed nothing that is still valid. */
const maxKeys = 5;

/**
 * The keys that sign the links of notices: made when first needed, readable by us alone, the same on all nodes whose
 * notices name the same address (copy the file).
 *
 * @throws Error in one sentence when the file cannot be read as keys.
 */
export async function loadLinkKeys(stateDir: string): Promise<LinkKeys> {
  const path = join(stateDir, fileName);
  const found = await readKeys(path);
  if (found !== null) return found;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(renderKeys([[1, randomBytes(keyBytes)]]));
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const made = await readKeys(path);
  if (made === null) throw new Error(`${path} cannot be made`);
  return made;
}

/** Signs with a new key from now on. Links of older ones hold until they expire, or with `revoke` no longer. */
export async function rotateLinkKeys(
  stateDir: string,
  { revoke }: { readonly revoke: boolean },
): Promise<LinkKeys> {
  const { current, all } = await loadLinkKeys(stateDir);
  const older = revoke ? [] : [...all].slice(1 - maxKeys);
  const keys: [number, Buffer][] = [...older, [current.version + 1, randomBytes(keyBytes)]];
  const bytes = [Buffer.from(renderKeys(keys))];
  await writeDurably(realDisk, { directory: stateDir, name: fileName, bytes });
  return loadLinkKeys(stateDir);
}

async function readKeys(path: string): Promise<LinkKeys | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const all = new Map<number, Buffer>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, version, key] = /^(\d{1,6}) ([A-Za-z0-9_-]{43})$/.exec(line) ?? [];
    if (version === undefined || key === undefined) throw damaged(path);
    all.set(Number(version), Buffer.from(key, 'base64url'));
  }
  const newest = [...all].at(-1);
  if (newest === undefined) throw damaged(path);
  return { current: { version: newest[0], key: newest[1] }, all };
}

function renderKeys(keys: readonly (readonly [number, Buffer])[]): string {
  return keys.map(([version, key]) => `${version} ${key.toString('base64url')}\n`).join('');
}

function damaged(path: string): Error {
  return new Error(
    `${path} is damaged: restore it from another node, or remove it, which ends all links of notices`,
  );
}
