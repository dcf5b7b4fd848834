import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const { version } = createRequire(import.meta.url)('yaml/package.json') as { version: string };

/** Another one where `yaml-file.ts` makes another value of the same text. */
const format = `1 yaml ${version}`;

/** A shorter text is parsed about as soon as it is looked for. */
const leastBytes = 512;

/**
 * What a YAML text means, beside the code that Node keeps compiled (NODE_COMPILE_CACHE): to parse the rules that ship
 * takes longer than all else that a command does before it begins. Undefined where none is kept, as where Node keeps
 * nothing; never throws. A file holds what the text says by whose hash it is named, and who may write it may write code
 * that runs as well. Never for a text with a secret in it.
 */
export function keptValue(bytes: Buffer): unknown {
  const path = pathFor(bytes);
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined; // There is none, or somebody damaged it.
  }
}

/** Keeps only what comes back as it was: not `.nan`, not `-0`. Never throws. */
export function keepValue(bytes: Buffer, value: unknown): void {
  const path = pathFor(bytes);
  if (path === undefined) return;
  try {
    const text = JSON.stringify(value);
    if (!isDeepStrictEqual(JSON.parse(text), value)) return;
    const unfinished = `${path}.${randomUUID()}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, path);
  } catch {
    // A disk that is full or may not be written to: it is parsed again.
  }
}

function pathFor(bytes: Buffer): string | undefined {
  const directory = getCompileCacheDir();
  if (directory === undefined || bytes.length < leastBytes) return undefined;
  const name = createHash('sha256').update(`${format}\0`).update(bytes).digest('hex');
  return join(directory, 'yaml', name);
}
