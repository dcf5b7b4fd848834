import { readFileSync } from 'node:fs';
import { RedisClient } from '../redis/redis-client.ts';
import {
  keptActivations,
  keptSets,
  nothingInForce,
  type Activation,
  type InForce,
  type RuleSetStore,
} from './rule-set-store.ts';
import { packFiles, unpackFiles } from './stored-files.ts';

type Script = (
  keyCount: number,
  ...args: readonly (string | number | Buffer)[]
) => Promise<unknown>;

/** One hash tag: a Cluster keeps them on one node, where one script changes them all. */
const keys = {
  inForce: 'aw:{rules}:in-force',
  files: 'aw:{rules}:files',
  used: 'aw:{rules}:used',
  history: 'aw:{rules}:history',
  known: 'aw:{rules}:known',
};

/** Files of a set are a megabyte, an answer is usually a few bytes. */
const leastTimeoutMs = 2000;

/** Rule sets shared by several proxies. Opening succeeds while Redis is down. */
export async function openRedisRuleSets(
  address: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<RuleSetStore> {
  const client = new RedisClient(address, {
    title: 'Stored rules',
    timeoutMs: Math.max(timeoutMs, leastTimeoutMs),
  });
  const { commands } = client;
  const lua = readFileSync(new URL('./redis-change-rules.lua', import.meta.url), 'utf8');
  commands.defineCommand('awChangeRules', { lua });
  const { awChangeRules } = commands as unknown as { readonly awChangeRules: Script };
  await client.connected();
  return {
    inForce: () =>
      client.ask(async (): Promise<InForce> => {
        const [sequence, state] = await commands.hmget(keys.inForce, 'sequence', 'state');
        if (typeof sequence !== 'string' || typeof state !== 'string') return nothingInForce;
        return {
          ...(JSON.parse(state) as Omit<InForce, 'sequence'>),
          sequence: Number(sequence),
        };
      }),
    filesOf: async (version) => {
      const packed = await client.ask(() => commands.hgetBuffer(keys.files, version));
      return packed === null ? null : unpackFiles(packed);
    },
    isKnown: async (version) =>
      (await client.ask(() => commands.hexists(keys.known, version))) === 1,
    history: async (limit) => {
      const lines = await client.ask(() => commands.lrange(keys.history, 0, limit - 1));
      return lines.map((line) => JSON.parse(line) as Activation);
    },
    change: async (sequence, { next, entry, files }) => {
      const packed = files === null ? '' : await packFiles(files);
      const changed = await client.ask(() =>
        awChangeRules.call(
          commands,
          5,
          ...[keys.inForce, keys.files, keys.used, keys.history, keys.known],
          sequence,
          JSON.stringify(next),
          JSON.stringify(entry),
          entry.version,
          packed,
          next.active ?? '',
          next.candidate?.version ?? '',
          keptSets,
          keptActivations,
        ),
      );
      return changed === 1;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
