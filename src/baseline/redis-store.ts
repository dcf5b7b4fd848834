import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Cluster, Redis, ReplyError } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { CallGuard } from './call-guard.ts';
import type { Snapshot } from './ledger.ts';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import { clusterOptions, connectionOptions, reconnectDelayMs } from './redis-options.ts';
import * as wire from './redis-wire.ts';
import type {
  BaselineStore,
  Commit,
  Observation,
  ObserveRequest,
  StoredValue,
  StoreLimits,
} from './store.ts';
import { checkCommit, checkRequest, decodeRecord } from './stored-form.ts';

export type RedisStoreOptions = {
  /** Every call is answered or refused within this. */
  readonly timeoutMs: number;
};

type Client = Redis | Cluster;
type Script = (...call: wire.ScriptCall) => Promise<unknown>;
type Scripts = {
  readonly awObserve: Script;
  readonly awCommit: Script;
  readonly awForgetDay: Script;
};

const allAliases = 'aw:aliases';
const cachedSnapshots = 2000;
const forgetAttempts = 5;

/**
 * Baselines shared by several proxies. Opening succeeds while Redis is down: calls fail fast until it is back, and
 * errors name the address without its password.
 */
export async function openRedisStore(
  address: string,
  limits: StoreLimits,
  options: RedisStoreOptions,
): Promise<BaselineStore> {
  const target = parseRedisAddress(address);
  const store = new RedisStore(target, limits, options);
  await store.connected();
  return store;
}

class RedisStore implements BaselineStore {
  readonly #target: RedisAddress;
  readonly #limits: StoreLimits;
  readonly #timeoutMs: number;
  readonly #client: Client;
  readonly #scripts: Scripts;
  readonly #guard: CallGuard;
  readonly #snapshots = new LRUCache<string, Snapshot>({ max: cachedSnapshots });
  /** Why the connection was last lost; empty while it stands. */
  #trouble = '';

  constructor(target: RedisAddress, limits: StoreLimits, { timeoutMs }: RedisStoreOptions) {
    this.#target = target;
    this.#limits = limits;
    this.#timeoutMs = timeoutMs;
    this.#client = connect(target, timeoutMs);
    this.#guard = new CallGuard({ timeoutMs, isAnswer: (error) => error instanceof ReplyError });
    this.#scripts = defineScripts(this.#client);
    this.#client.on('error', (error: Error & { readonly code?: string }) => {
      this.#trouble = error.message === '' ? (error.code ?? '') : error.message;
    });
    this.#client.on('ready', () => {
      this.#trouble = '';
      this.#guard.recovered();
    });
  }

  /** Resolves when the connection stands, has failed, or takes long. */
  async connected(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const settle = () => resolve(undefined);
    const timer = setTimeout(settle, Math.max(this.#timeoutMs, 1000));
    this.#client.once('ready', settle).once('close', settle);
    await promise;
    clearTimeout(timer);
  }

  async observe(request: ObserveRequest): Promise<Observation> {
    checkRequest(request);
    const known = this.#snapshots.get(request.alias) ?? null;
    const call = wire.observeCall(request, this.#limits, {
      known,
      unusedGeneration: randomInt(2 ** 40),
    });
    const observation = wire.readObservation(
      await this.#ask(() => this.#scripts.awObserve(...call)),
      request.at,
      known,
    );
    if (request.count) this.#snapshots.set(request.alias, observation.snapshot);
    return observation;
  }

  async commit(commit: Commit): Promise<void> {
    checkCommit(commit);
    const reply = await this.#ask(() =>
      this.#scripts.awCommit(...wire.commitCall(commit, this.#limits)),
    );
    const [, isNewDay] = reply as readonly [applied: number, isNewDay: number];
    // Another slot of a Cluster, hence outside the script; lost, it is made up for the next day.
    if (isNewDay === 1)
      await this.#ask(() => this.#client.sadd(allAliases, commit.alias)).catch(() => undefined);
  }

  async aliases(): Promise<readonly string[]> {
    return (await this.#ask(() => this.#client.smembers(allAliases))).sort();
  }

  async describe(
    alias: string,
    at: Date,
  ): Promise<{ readonly snapshot: Snapshot; readonly values: readonly StoredValue[] }> {
    const request = { alias, at, values: [], signature: null, recipients: [], count: false };
    const [{ snapshot }, values] = await Promise.all([this.observe(request), this.#values(alias)]);
    return { snapshot, values };
  }

  async forget(alias: string, day: number | null): Promise<void> {
    const buckets =
      day === null ? await this.#forgetAlias(alias) : await this.#forgetDay(alias, day);
    if (buckets === 0) await this.#ask(() => this.#client.srem(allAliases, alias));
  }

  async ping(): Promise<void> {
    await this.#ask(() => this.#client.ping());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }

  async #names(alias: string): Promise<readonly string[]> {
    return this.#ask(() => this.#client.hkeys(wire.sizesKey(alias)));
  }

  async #values(alias: string): Promise<readonly StoredValue[]> {
    const names = (await this.#names(alias)).filter((name) => name.startsWith(wire.tablePrefix));
    const tables = await Promise.all(
      names.map(async (name) => {
        const entries = await this.#ask(() => this.#client.hgetall(wire.keyOf(alias, name)));
        const table = name.slice(wire.tablePrefix.length);
        return Object.entries(entries).map(([value, record]) => ({
          table,
          value,
          record: decodeRecord(record),
        }));
      }),
    );
    return tables.flat();
  }

  async #forgetAlias(alias: string): Promise<number> {
    const names = await this.#names(alias);
    const keys = [...wire.fixedKeys, ...names].map((name) => wire.keyOf(alias, name));
    await this.#ask(() => this.#client.del(...keys));
    return 0;
  }

  /** Again where a record was touched between reading and replacing it. */
  async #forgetDay(alias: string, day: number): Promise<number> {
    for (let attempt = 0; attempt < forgetAttempts; attempt++) {
      const call = wire.forgetDayCall(alias, day, await this.#values(alias));
      const reply = await this.#ask(() => this.#scripts.awForgetDay(...call));
      const [missed, buckets] = reply as readonly [missed: number, buckets: number];
      if (missed === 0) return buckets;
    }
    throw new Error(
      `Baseline store ${this.#target.label}: ${alias} is learning too fast to forget day ${day}; try again`,
    );
  }

  /** Errors are new ones: those of ioredis carry the arguments of their command, and AUTH is a command. */
  #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    return this.#guard.call(question).catch((error: unknown) => {
      const { label, password } = this.#target;
      const text = error instanceof Error ? error.message : String(error);
      const reason = text.includes('enableOfflineQueue') ? 'not connected' : text;
      const sentence = `Baseline store ${label}: ${reason}${this.#trouble === '' ? '' : ` (${this.#trouble})`}`;
      throw new Error(password === null ? sentence : sentence.replaceAll(password, '***'));
    });
  }
}

function defineScripts(client: Client): Scripts {
  for (const name of ['observe', 'commit', 'forget-day']) {
    const command = `aw-${name}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    client.defineCommand(command, {
      lua: readFileSync(new URL(`./redis-${name}.lua`, import.meta.url), 'utf8'),
    });
  }
  return client as unknown as Scripts;
}

function connect(target: RedisAddress, timeoutMs: number): Client {
  const options = connectionOptions(target, timeoutMs);
  if (target.kind === 'cluster')
    return new Cluster([...target.nodes], { ...clusterOptions, redisOptions: options });
  return new Redis({
    ...options,
    ...target.nodes[0],
    db: target.database,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  });
}
