import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisClient } from '../redis/redis-client.ts';

const kinds = ['string', 'hash', 'list', 'set', 'zset'] as const;

/** A key, or a part of a large one. */
export type DumpedKey = {
  readonly key: string;
  readonly kind: (typeof kinds)[number];
  /** Milliseconds since 1970, or null. */
  readonly expiresAtMs: number | null;
  /** Bytes, in the order that Redis gives them: fields and values, members and scores. */
  readonly items: readonly Buffer[];
};

/** Who runs, and who has claimed what: true for seconds, and of nobody after a restore. */
const passing = /^aw:\{live\}:|^aw:review:claim:/;

const scannedAtOnce = 500;
const readAtOnce = 50;
const partBytes = 512 * 1024;

/**
 * Keys of ours that are worth keeping, sorted. The index of the quarantine is not among them: it is made again from held
 * mail.
 */
export async function keptKeys(client: RedisClient): Promise<readonly string[]> {
  const { commands } = client;
  const nodes = commands.isCluster ? (commands as Cluster).nodes('master') : [commands as Redis];
  const keys = new Set<string>();
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, found] = await client.ask(() =>
        node.scan(cursor, 'MATCH', 'aw:*', 'COUNT', scannedAtOnce),
      );
      for (const key of found) if (!passing.test(key)) keys.add(key);
      cursor = next;
    } while (cursor !== '0');
  }
  return [...keys].sort();
}

type Dump = (keyCount: number, ...keys: string[]) => Promise<readonly DumpReply[]>;
type DumpReply = readonly [key: Buffer, kind: Buffer, expiresAt: Buffer, items: readonly Buffer[]];

/** What the keys hold; those of one alias at one moment, so that its counts agree. */
export async function* dumpKeys(
  client: RedisClient,
  keys: readonly string[],
): AsyncGenerator<DumpedKey> {
  const { commands } = client;
  const lua = readFileSync(new URL('./redis-dump.lua', import.meta.url), 'utf8');
  commands.defineCommand('awDump', { lua, readOnly: true });
  const { awDumpBuffer } = commands as unknown as { readonly awDumpBuffer: Dump };
  const groups = [...Map.groupBy(keys, (key) => /^aw:\{[^}]+\}/.exec(key)?.[0] ?? key).values()];
  for (let from = 0; from < groups.length; from += readAtOnce) {
    const some = groups.slice(from, from + readAtOnce);
    const replies = await Promise.all(
      some.map((group) => client.ask(() => awDumpBuffer.call(commands, group.length, ...group))),
    );
    for (const reply of replies.flat()) yield* partsOf(reply);
  }
}

function* partsOf([key, kind, expiresAt, items]: DumpReply): Generator<DumpedKey> {
  const until = Number(expiresAt.toString());
  const head = {
    key: key.toString(),
    kind: kinds.find((known) => known === kind.toString()) ?? 'string',
    expiresAtMs: until < 0 ? null : until,
  };
  let part: Buffer[] = [];
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    part.push(item);
    bytes += item.length;
    // Fields stay with their values.
    if (bytes < partBytes || index % 2 === 0) continue;
    yield { ...head, items: part };
    [part, bytes] = [[], 0];
  }
  if (part.length > 0) yield { ...head, items: part };
}

/** Adds what was dumped; what has expired meanwhile is left out. */
export async function loadKeys(
  client: RedisClient,
  parts: AsyncIterable<DumpedKey>,
): Promise<void> {
  for await (const part of parts) {
    if (part.expiresAtMs === null || part.expiresAtMs > Date.now())
      await client.ask(() => loadPart(client.commands, part));
  }
}

async function loadPart(
  commands: Redis | Cluster,
  { key, kind, items, expiresAtMs }: DumpedKey,
): Promise<void> {
  const [first = Buffer.alloc(0)] = items;
  if (kind === 'string') await commands.set(key, first);
  else if (kind === 'hash') await commands.hset(key, ...items);
  else if (kind === 'list') await commands.rpush(key, ...items);
  else if (kind === 'set') await commands.sadd(key, ...items);
  else await commands.zadd(key, ...scoresFirst(items));
  if (expiresAtMs !== null) await commands.pexpireat(key, expiresAtMs);
}

function scoresFirst(items: readonly Buffer[]): Buffer[] {
  return items.flatMap((item, index) => {
    const score = items[index + 1];
    return index % 2 === 0 && score !== undefined ? [score, item] : [];
  });
}

/** One line of a file. */
export function renderPart({ key, kind, expiresAtMs, items }: DumpedKey): string {
  return `${JSON.stringify({ key, kind, expiresAtMs, items: items.map((item) => item.toString('base64')) })}\n`;
}

const dumpedKey = z
  .object({
    key: z.string().max(2000).startsWith('aw:'),
    kind: z.enum(kinds),
    expiresAtMs: z.int().nullable(),
    items: z.array(z.base64()).min(1),
  })
  .refine(({ kind, items }) => (kind !== 'hash' && kind !== 'zset') || items.length % 2 === 0);

/** @throws Error for what is no key of ours. */
export function readPart(line: string): DumpedKey {
  const { items, ...head } = dumpedKey.parse(JSON.parse(line));
  return { ...head, items: items.map((item) => Buffer.from(item, 'base64')) };
}
