import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realDisk, writeDurably, type FileToWrite } from '../../quarantine/disk.ts';

/** Keys by version; the newest signs, the others still prove what they have signed. */
export type LinkKeys = {
  readonly current: { readonly version: number; readonly key: Buffer };
  readonly all: ReadonlyMap<number, Buffer>;
};

const keyBytes = 32;
const fileName = 'notice-links.key';
/** With the fifth rotation the oldest key goes, and what it has signed ends. */
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
  await writeKeys(stateDir, [[1, randomBytes(keyBytes)]], unlessThere);
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
  await writeKeys(stateDir, keys);
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

function writeKeys(
  directory: string,
  keys: readonly (readonly [version: number, key: Buffer])[],
  settle?: FileToWrite['settle'],
): Promise<void> {
  const lines = keys.map(([version, key]) => `${version} ${key.toString('base64url')}\n`);
  const bytes = [Buffer.from(lines.join(''))];
  const file = { directory, name: fileName, bytes };
  return writeDurably(realDisk, settle === undefined ? file : { ...file, settle });
}

/** Of several that make the first key at the same time one is first. */
async function unlessThere(temporary: string, path: string): Promise<void> {
  const isThere = await realDisk.link(temporary, path).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'EEXIST',
  );
  // Not every file system has hard links.
  await (isThere ? realDisk.unlink(temporary) : realDisk.rename(temporary, path));
}

function damaged(path: string): Error {
  return new Error(
    `${path} is damaged: restore it from another node, or remove it, which ends all links of notices`,
  );
}
