import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/**
 * The key that turns recipients into pseudonyms: made at the first start, readable by us alone, the same on all nodes
 * that share baselines (copy the file).
 */
export async function loadPseudonymKey(stateDir: string): Promise<Buffer> {
  const path = join(stateDir, 'pseudonym.key');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(randomBytes(keyBytes));
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readKey(path);
}

/** The key where there is one; otherwise a fixed one, so that commands without a state directory agree. Creates nothing. */
export async function readPseudonymKey(stateDir: string): Promise<Buffer> {
  try {
    return await readKey(join(stateDir, 'pseudonym.key'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(keyBytes);
  }
}

async function readKey(path: string): Promise<Buffer> {
  const key = await readFile(path);
  if (key.length !== keyBytes)
    throw new Error(
      `${path} is damaged: expected ${keyBytes} bytes; restore it from another node, or remove it to start new baselines of recipients`,
    );
  return key;
}
