import { readFileSync } from 'node:fs';
import { RedisClient } from '../redis/redis-client.ts';
import { fnv1a } from '../baseline/value-record.ts';
import {
  ageOf,
  byAge,
  daysKept,
  surplusRecords,
  type LedgerChange,
  type LedgerKey,
  type LedgerStore,
} from './ledger-store.ts';
import type { LedgerLimits, LedgerSizes } from './ledgers.ts';

/**
 * A ledger is spread over so many hashes by the hash of the name: a Cluster shares the load, and each hash stays within
 * the 512 fields up to which Redis packs it densely (`hash-max-listpack-entries`).
 */
const buckets = 256;

const secondsPerDay = 86_400;
const replaceAttempts = 8;
const bucketsAtOnce = 32;

type Replace = (keyCount: 1, key: string, ...args: (string | number)[]) => Promise<unknown>;
type Bucket = { readonly key: string; readonly entries: readonly LedgerKey[] };

/** Ledgers shared by several proxies. Opening succeeds while Redis is down: calls fail fast until it is back. */
export async function openRedisLedgers(
  address: string,
  limits: LedgerLimits,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<LedgerStore> {
  const client = new RedisClient(address, { title: 'Organization ledgers', timeoutMs });
  await client.connected();
  return new RedisLedgers(client, limits);
}

class RedisLedgers implements LedgerStore {
  readonly #client: RedisClient;
  readonly #limits: LedgerLimits;
  readonly #replace: Replace;
  /** Day by which a bucket was last rid of what has expired. */
  readonly #expiredUntil = new Map<string, number>();

  constructor(client: RedisClient, limits: LedgerLimits) {
    this.#client = client;
    this.#limits = limits;
    const lua = readFileSync(new URL('./redis-replace.lua', import.meta.url), 'utf8');
    client.commands.defineCommand('awReplace', { lua });
    this.#replace = (client.commands as unknown as { readonly awReplace: Replace }).awReplace.bind(
      client.commands,
    );
  }

  /** The commands of all buckets leave together, so that it stays one round trip. */
  read(keys: readonly LedgerKey[]): Promise<readonly (string | null)[]> {
    return this.#client.ask(async () => {
      const records = new Map<LedgerKey, string | null>();
      await Promise.all(
        bucketsOf(keys).map(async (bucket) => {
          const found = await this.#fetch(bucket);
          bucket.entries.forEach((entry, index) => records.set(entry, found[index] ?? null));
        }),
      );
      return keys.map((key) => records.get(key) ?? null);
    });
  }

  async update(keys: readonly LedgerKey[], change: LedgerChange, day: number): Promise<void> {
    await inTurns(bucketsOf(keys), async (bucket) => {
      const size = await this.#change(bucket, change);
      if (bucket.key === calendarBucket) return;
      const isNewDay = day > (this.#expiredUntil.get(bucket.key) ?? 0);
      if (isNewDay) this.#expiredUntil.set(bucket.key, day);
      if (isNewDay || this.#surplus(size) > 0) await this.#cutBack(bucket, day);
    });
  }

  async updateAll(change: LedgerChange): Promise<number> {
    let changed = 0;
    await inTurns(allBuckets, async (bucket) => {
      const records = await this.#everything(bucket);
      const counting: LedgerChange = (key, record) => {
        const next = change(key, record);
        if (next !== record) changed++;
        return next;
      };
      const entries = [...records.keys()].map((name) => ({ ...bucket.ledger, name }));
      await this.#change({ key: bucket.key, entries }, counting);
    });
    return changed;
  }

  async sizes(): Promise<LedgerSizes> {
    const sizes = { domain: 0, correspondent: 0, carried: 0 };
    await inTurns(allBuckets, async ({ key, ledger: { ledger } }) => {
      if (ledger === 'calendar') return;
      const size = await this.#client.ask(() => this.#client.commands.hlen(key));
      sizes[ledger] += size;
    });
    return sizes;
  }

  async ping(): Promise<void> {
    await this.#client.ask(() => this.#client.commands.ping());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }

  #fetch({ key, entries }: Bucket): Promise<(string | null)[]> {
    return this.#client.commands.hmget(key, ...entries.map(({ name }) => name));
  }

  #everything({ key }: { readonly key: string }): Promise<ReadonlyMap<string, string>> {
    return this.#client.ask(
      async () => new Map(Object.entries(await this.#client.commands.hgetall(key))),
    );
  }

  /** Reads, works out and replaces, again where somebody else was quicker; gives the size of the bucket. */
  async #change({ key, entries }: Bucket, change: LedgerChange): Promise<number> {
    let rest = entries;
    for (let attempt = 0; attempt < replaceAttempts; attempt++) {
      if (rest.length === 0) return 0;
      const asked = { key, entries: rest };
      const found = await this.#client.ask(() => this.#fetch(asked));
      const changes = rest.flatMap((entry, index) => {
        const record = found[index] ?? null;
        return [entry.name, record ?? '', change(entry, record) ?? ''];
      });
      const [size = 0, ...missed] = await this.#write(key, changes);
      if (missed.length === 0) return size as number;
      const again = new Set(missed);
      rest = rest.filter(({ name }) => again.has(name));
    }
    throw new Error(
      `Organization ledgers ${this.#client.label}: others write too fast to change ${rest.length} records; try again`,
    );
  }

  async #write(key: string, changes: readonly string[]): Promise<readonly (number | string)[]> {
    const seconds = (this.#limits.windowDays + 1) * secondsPerDay;
    const reply = await this.#client.ask(() => this.#replace(1, key, seconds, ...changes));
    return reply as readonly (number | string)[];
  }

  #surplus(size: number): number {
    return surplusRecords(size, Math.ceil(this.#limits.values / buckets));
  }

  /** Lets go of what has expired and of what is too much; a record that was touched meanwhile stays. */
  async #cutBack({ key, entries: [first] }: Bucket, day: number): Promise<void> {
    const kept = daysKept(first?.ledger ?? 'calendar', this.#limits);
    const records = [...(await this.#everything({ key }))].map(([name, text]) => ({
      name,
      text,
      age: ageOf(text),
    }));
    records.sort((a, b) => byAge(a.age, b.age) || (a.name < b.name ? -1 : 1));
    const expired = records.filter(({ age }) => age.lastDay <= day - kept);
    const leaving = Math.max(expired.length, this.#surplus(records.length));
    const changes = records.slice(0, leaving).flatMap(({ name, text }) => [name, text, '']);
    if (changes.length > 0) await this.#write(key, changes);
  }
}

function bucketKey({ ledger, name }: LedgerKey): string {
  return ledger === 'calendar' ? calendarBucket : `aw:org:${ledger}:${fnv1a(name) % buckets}`;
}

const calendarBucket = 'aw:org:calendar';

function bucketsOf(keys: readonly LedgerKey[]): readonly Bucket[] {
  return [...Map.groupBy(keys, bucketKey)].map(([key, entries]) => ({ key, entries }));
}

const allBuckets = [
  { key: calendarBucket, ledger: { ledger: 'calendar' } },
  ...(['domain', 'correspondent', 'carried'] as const).flatMap((ledger) =>
    Array.from({ length: buckets }, (_, number) => ({
      key: `aw:org:${ledger}:${number}`,
      ledger: { ledger },
    })),
  ),
] as const;

/** Some at a time: a Redis that mail waits for as well is not to be kept busy. */
async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += bucketsAtOnce)
    await Promise.all(items.slice(from, from + bucketsAtOnce).map(work));
}
