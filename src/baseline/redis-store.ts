import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { createGroupCommit, type GroupCommit } from '../group-commit.ts';
import { cachedSnapshots, dayOf, type Snapshot } from './ledger.ts';
import { RedisClient } from '../redis/redis-client.ts';
import type { RedisFormat } from '../redis/redis-format.ts';
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
  /** Nothing is brought up to date. */
  readonly readOnly?: boolean;
  /** What is known here: that of this program when absent. */
  readonly format?: RedisFormat;
};

type Script = (...call: wire.ScriptCall) => Promise<unknown>;
type Scripts = {
  readonly awObserve: Script;
  readonly awCommit: Script;
  readonly awRetract: Script;
  readonly awForgetDay: Script;
  readonly awErase: Script;
  readonly awNamePlaces: Script;
};

const allAliases = 'aw:aliases';
const forgetAttempts = 5;
/** Lessons of an alias: a script that takes longer than that of 16 would keep others waiting. */
const together = { most: 16, capacity: 1000, waits: 'lessons wait for the baseline store' };

/**
 * Baselines shared by several proxies. Opening succeeds while Redis is down: calls fail fast until it is back, and
 * errors name the address without its password.
 */
export async function openRedisStore(
  address: string,
  limits: StoreLimits,
  { readOnly = false, ...options }: RedisStoreOptions,
): Promise<BaselineStore> {
  const client: RedisClient = new RedisClient(address, {
    ...{ title: 'Baseline store', ...options },
    ...(readOnly ? {} : { upgrade: (from) => upgrade(client.commands, from) }),
  });
  const store = new RedisStore(client, limits);
  await store.connected();
  return store;
}

/** One alias at a time, each whole or not at all; what is up to date already stays as it is. */
async function upgrade(commands: Redis | Cluster, from: number): Promise<void> {
  if (from >= 1) return;
  const { awNamePlaces } = commands as unknown as Scripts;
  for (const alias of await commands.smembers(allAliases))
    await awNamePlaces.call(commands, 2, wire.keyOf(alias, 'd'), wire.keyOf(alias, 's'));
}

class RedisStore implements BaselineStore {
  readonly #limits: StoreLimits;
  readonly #client: RedisClient;
  readonly #scripts: Scripts;
  /** By day and alias; one that is let go of while lessons wait in it still stores them. */
  readonly #lessons = new LRUCache<string, GroupCommit<Commit>>({ max: cachedSnapshots });
  readonly #snapshots = new LRUCache<string, Snapshot>({ max: cachedSnapshots });

  constructor(client: RedisClient, limits: StoreLimits) {
    this.#client = client;
    this.#limits = limits;
    this.#scripts = defineScripts(client.commands);
  }

  connected(): Promise<void> {
    return this.#client.connected();
  }

  async observe(request: ObserveRequest): Promise<Observation> {
    checkRequest(request);
    const known = this.#snapshots.get(request.alias) ?? null;
    const call = wire.observeCall(request, this.#limits, {
      known,
      unusedGeneration: randomInt(2 ** 40),
    });
    const observation = wire.readObservation(
      await this.#client.ask(() => this.#scripts.awObserve(...call)),
      request.at,
      known,
    );
    if (request.count) this.#snapshots.set(request.alias, observation.snapshot);
    return observation;
  }

  async commit(commit: Commit): Promise<void> {
    checkCommit(commit);
    await this.#lessonsOf(commit).add(commit);
  }

  #lessonsOf({ alias, day }: Commit): GroupCommit<Commit> {
    const name = `${day} ${alias}`;
    const known = this.#lessons.get(name);
    if (known !== undefined) return known;
    const lessons = createGroupCommit<Commit>({
      commit: (commits) => this.#commitTogether({ alias, day }, commits),
      ...together,
    });
    this.#lessons.set(name, lessons);
    return lessons;
  }

  async #commitTogether(
    { alias, day }: Pick<Commit, 'alias' | 'day'>,
    commits: readonly Commit[],
  ): Promise<void> {
    const reply = await this.#client.ask(() =>
      this.#scripts.awCommit(...wire.commitCall({ alias, day }, commits, this.#limits)),
    );
    const [, isNewDay] = reply as readonly [applied: number, isNewDay: number];
    // Another slot of a Cluster, hence outside the script; lost, it is made up for the next day.
    if (isNewDay === 1)
      await this.#client
        .ask(() => this.#client.commands.sadd(allAliases, alias))
        .catch(() => undefined);
  }

  async retract(commit: Commit): Promise<void> {
    checkCommit(commit);
    await this.#client.ask(() =>
      this.#scripts.awRetract(...wire.retractCall(commit, dayOf(new Date()))),
    );
  }

  async aliases(): Promise<readonly string[]> {
    return (await this.#client.ask(() => this.#client.commands.smembers(allAliases))).sort();
  }

  async describe(
    alias: string,
    at: Date,
  ): Promise<{ readonly snapshot: Snapshot; readonly values: readonly StoredValue[] }> {
    const request = {
      alias,
      at,
      values: [],
      signature: null,
      recipients: [],
      actor: '',
      count: false,
    };
    const [{ snapshot }, values] = await Promise.all([this.observe(request), this.#values(alias)]);
    return { snapshot, values };
  }

  async forget(alias: string, day: number | null): Promise<void> {
    const buckets =
      day === null ? await this.#forgetAlias(alias) : await this.#forgetDay(alias, day);
    if (buckets === 0) await this.#client.ask(() => this.#client.commands.srem(allAliases, alias));
  }

  async eraseValue(table: string, value: string): Promise<number> {
    let erased = 0;
    for (const alias of await this.aliases()) {
      const call = wire.eraseCall(alias, table, value);
      erased += (await this.#client.ask(() => this.#scripts.awErase(...call))) as number;
    }
    return erased;
  }

  async ping(): Promise<void> {
    await this.#client.ask(() => this.#client.commands.ping());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }

  async #names(alias: string): Promise<readonly string[]> {
    return this.#client.ask(() => this.#client.commands.hkeys(wire.sizesKey(alias)));
  }

  async #values(alias: string): Promise<readonly StoredValue[]> {
    const names = (await this.#names(alias)).filter((name) => name.startsWith(wire.tablePrefix));
    const tables = await Promise.all(
      names.map(async (name) => {
        const entries = await this.#client.ask(() =>
          this.#client.commands.hgetall(wire.keyOf(alias, name)),
        );
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
    await this.#client.ask(() => this.#client.commands.del(...keys));
    return 0;
  }

  /** Again where a record was touched between reading and replacing it. */
  async #forgetDay(alias: string, day: number): Promise<number> {
    for (let attempt = 0; attempt < forgetAttempts; attempt++) {
      const call = wire.forgetDayCall(alias, day, await this.#values(alias));
      const reply = await this.#client.ask(() => this.#scripts.awForgetDay(...call));
      const [missed, buckets] = reply as readonly [missed: number, buckets: number];
      if (missed === 0) return buckets;
    }
    throw new Error(
      `Baseline store ${this.#client.label}: ${alias} is learning too fast to forget day ${day}; try again`,
    );
  }
}

function defineScripts(client: Redis | Cluster): Scripts {
  const luaOf = (name: string) =>
    readFileSync(new URL(`./redis-${name}.lua`, import.meta.url), 'utf8');
  const prelude = luaOf('prelude');
  for (const name of ['observe', 'commit', 'retract', 'forget-day', 'erase', 'name-places']) {
    const command = `aw-${name}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    client.defineCommand(command, { lua: `${prelude}\n${luaOf(name)}` });
  }
  return client as unknown as Scripts;
}
