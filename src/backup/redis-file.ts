import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RedisClient } from '../redis/redis-client.ts';
import { dumpKeys, loadKeys, readPart, renderPart, type DumpedKey } from './redis-keys.ts';

/** A part is half a megabyte, or one value: the files of a rule set are the largest. */
const maxLineBytes = 64 * 1024 * 1024;
const removedAtOnce = 500;

/** Writes what the keys hold into a file, which is on disk then. */
export async function writeKeyFile(
  client: RedisClient,
  keys: readonly string[],
  path: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lines = async function* () {
    for await (const part of dumpKeys(client, keys)) yield renderPart(part);
  };
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(lines()), file);
}

/** Gives how many parts there are. @throws Error in one sentence for a file with anything but keys of ours. */
export async function checkKeyFile(path: string): Promise<number> {
  let parts = 0;
  for await (const { items } of readKeyFile(path)) parts += Math.min(items.length, 1);
  return parts;
}

export function loadKeyFile(client: RedisClient, path: string): Promise<void> {
  return loadKeys(client, readKeyFile(path));
}

export async function removeKeys(client: RedisClient, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += removedAtOnce)
    await Promise.all(
      keys
        .slice(from, from + removedAtOnce)
        .map((key) => client.ask(() => client.commands.del(key))),
    );
}

async function* readKeyFile(path: string): AsyncGenerator<DumpedKey> {
  let number = 0;
  for await (const line of boundedLines(path)) {
    number++;
    let part: DumpedKey;
    try {
      part = readPart(line);
    } catch (error) {
      throw new Error(`line ${number} of what was in Redis is not a key of ours`, { cause: error });
    }
    yield part;
  }
}

async function* boundedLines(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineBytes) throw new Error('a line of what was in Redis is too long');
    yield* lines;
  }
  if (rest !== '') yield rest;
}
