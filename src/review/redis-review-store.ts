import { readFileSync } from 'node:fs';
import { RedisClaims } from '../redis/redis-claims.ts';
import { RedisClient } from '../redis/redis-client.ts';
import {
  isInForce,
  surplusOf,
  type Listing,
  type RecordChange,
  type RecordKind,
  type ReviewStore,
  type StoredRecord,
} from './review-store.ts';
import { weighedChunks } from './weighed-chunks.ts';

type Script = (keyCount: 1, key: string, ...args: (string | number)[]) => Promise<unknown>;
type Scripts = { readonly awReplaceText: Script; readonly awAddToList: Script };

const revisionKey = 'aw:review:revision';
const changeAttempts = 20;
const atOnce = 500;
const stepsAtOnce = 100;

type Step = () => Promise<unknown>;

/** A record as it was and as it is; null where it is not there. */
type Move = { readonly before: StoredRecord | null; readonly after: StoredRecord | null };

/**
 * The review store that several proxies share. Each command touches one key, so that it works in a Cluster as well; what
 * a crash leaves between two keys is a listing that names a record which is not there, and is passed over.
 */
export async function openRedisReviewStore(
  address: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<ReviewStore> {
  const client = new RedisClient(address, { title: 'Review store', timeoutMs });
  await client.connected();
  return new RedisReviewStore(client);
}

class RedisReviewStore implements ReviewStore {
  readonly #client: RedisClient;
  readonly #scripts: Scripts;
  readonly #claims: RedisClaims;

  constructor(client: RedisClient) {
    this.#client = client;
    const { commands } = client;
    const luaOf = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
    commands.defineCommand('awReplaceText', { lua: luaOf('redis-replace-text') });
    commands.defineCommand('awAddToList', { lua: luaOf('redis-add-to-list') });
    this.#scripts = commands as unknown as Scripts;
    this.#claims = new RedisClaims(client, 'aw:review:claim:');
  }

  async put(kind: RecordKind, records: readonly StoredRecord[]): Promise<void> {
    const before = await this.read(
      kind,
      records.map(({ id }) => id),
    );
    await this.#do([
      ...records.map((record) => () => this.#write(kind, record)),
      ...this.#tag(
        kind,
        records.map((after, index) => ({ before: before[index] ?? null, after })),
      ),
    ]);
    await this.#revise(kind);
  }

  async read(kind: RecordKind, ids: readonly string[]): Promise<readonly (StoredRecord | null)[]> {
    const found: (StoredRecord | null)[] = [];
    for (let from = 0; from < ids.length; from += atOnce)
      found.push(
        ...(await this.#client.ask(() =>
          Promise.all(
            ids
              .slice(from, from + atOnce)
              .map(async (id) => decode(await this.#client.commands.get(recordKey(kind, id)))),
          ),
        )),
      );
    return found;
  }

  async change(kind: RecordKind, id: string, change: RecordChange): Promise<StoredRecord | null> {
    const key = recordKey(kind, id);
    for (let attempt = 0; attempt < changeAttempts; attempt++) {
      const text = await this.#client.ask(() => this.#client.commands.get(key));
      const before = decode(text);
      const after = change(before);
      if (after === before) return after;
      const written = after === null ? '' : encode(after);
      const until = after?.untilMs ?? 0;
      const isOurs = await this.#client.ask(() =>
        this.#scripts.awReplaceText(1, key, text ?? '', written, until),
      );
      if (isOurs !== 1) continue;
      await this.#do(this.#tag(kind, [{ before, after }]));
      await this.#revise(kind);
      return after;
    }
    throw new Error(
      `Review store ${this.#client.label}: ${kind} ${id} changes too fast; try again`,
    );
  }

  async newest(kind: RecordKind, { tag, limit, after }: Listing): Promise<readonly StoredRecord[]> {
    const key = tagKey(kind, tag);
    const found: StoredRecord[] = [];
    let from = after ? await this.#rankAfter(key, after) : 0;
    while (found.length < limit) {
      const wanted = limit - found.length;
      const ids = await this.#client.ask(() =>
        this.#client.commands.zrevrange(key, from, from + wanted - 1),
      );
      found.push(...(await this.read(kind, ids)).filter((record) => record !== null));
      if (ids.length < wanted) break;
      from += wanted;
    }
    return found;
  }

  async idsOf(kind: RecordKind, tags: readonly string[]): Promise<readonly string[]> {
    const found = await this.#client.ask(() =>
      Promise.all(tags.map((tag) => this.#client.commands.zrange(tagKey(kind, tag), '0', '-1'))),
    );
    const ids = [...new Set(found.flat())];
    const there: string[] = [];
    for (let from = 0; from < ids.length; from += atOnce) {
      const some = ids.slice(from, from + atOnce);
      const exist = await this.#client.ask(() =>
        Promise.all(some.map((id) => this.#client.commands.exists(recordKey(kind, id)))),
      );
      there.push(...some.filter((_, index) => exist[index] === 1));
    }
    return there;
  }

  async bound(kind: RecordKind, tag: string, most: number): Promise<void> {
    const key = tagKey(kind, tag);
    const size = await this.#client.ask(() => this.#client.commands.zcard(key));
    const surplus = surplusOf(size, most);
    if (surplus === 0) return;
    const ids = await this.#client.ask(() =>
      this.#client.commands.zrange(key, '0', String(surplus - 1)),
    );
    const records = await this.read(kind, ids);
    for (const record of records.filter((found) => found !== null))
      await this.#do([
        () => this.#client.commands.del(recordKey(kind, record.id)),
        ...this.#tag(kind, [{ before: record, after: null }]),
      ]);
    await this.#client.ask(() => this.#client.commands.zrem(key, ...ids));
  }

  claim(name: string, owner: string, durationMs: number): Promise<boolean> {
    return this.#claims.claim(name, owner, durationMs);
  }

  disclaim(name: string, owner: string): Promise<void> {
    return this.#claims.disclaim(name, owner);
  }

  async revision(): Promise<number> {
    return Number((await this.#client.ask(() => this.#client.commands.get(revisionKey))) ?? 0);
  }

  async ping(): Promise<void> {
    await this.#client.ask(() => this.#client.commands.ping());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }

  /** So few at once that the deadline of an answer suffices: a message may stand in a thousand lists. */
  async #do(steps: readonly Step[]): Promise<void> {
    for (let from = 0; from < steps.length; from += stepsAtOnce)
      await this.#client.ask(() =>
        Promise.all(steps.slice(from, from + stepsAtOnce).map((step) => step())),
      );
  }

  async #write(kind: RecordKind, record: StoredRecord): Promise<unknown> {
    const key = recordKey(kind, record.id);
    if (record.untilMs === null) return this.#client.commands.set(key, encode(record));
    return this.#client.commands.set(key, encode(record), 'PXAT', String(record.untilMs));
  }

  /**
   * Moves records from the lists they were in to those they belong to, each list once: most messages of a batch share
   * most of their lists.
   */
  #tag(kind: RecordKind, moves: readonly Move[]): readonly Step[] {
    const { commands } = this.#client;
    const listsOf = (record: StoredRecord | null) =>
      record === null ? [] : [null, ...new Set(record.tags)].map((tag) => tagKey(kind, tag));
    const removed = moves.flatMap(({ before, after }) => {
      const kept = new Set(listsOf(after));
      const left = listsOf(before).filter((key) => !kept.has(key));
      return left.map((key) => () => commands.zrem(key, before?.id ?? ''));
    });
    const listed = moves.flatMap(({ after }) =>
      after === null ? [] : listsOf(after).map((key) => ({ key, record: after })),
    );
    const added = [...Map.groupBy(listed, ({ key }) => key)].flatMap(([key, members]) =>
      Array.from(
        weighedChunks(members, () => 1, atOnce),
        (chunk) => () =>
          this.#list(
            key,
            chunk.map(({ record }) => record),
          ),
      ),
    );
    return [...removed, ...added];
  }

  #list(key: string, records: readonly StoredRecord[]): Promise<unknown> {
    const members = records.flatMap(({ atMs, id }) => [atMs, id]);
    const expiring = records.flatMap(({ atMs, untilMs }) =>
      untilMs === null ? [] : [{ untilMs, keptMs: untilMs - atMs }],
    );
    if (expiring.length === 0) return this.#client.commands.zadd(key, ...members);
    // Equally long kept, so that what was made before this has expired.
    const oldest = Date.now() - Math.max(...expiring.map(({ keptMs }) => keptMs));
    const untilMs = Math.max(...expiring.map((record) => record.untilMs));
    return this.#scripts.awAddToList(1, key, oldest, untilMs, ...members);
  }

  async #rankAfter(key: string, { id, atMs }: Pick<StoredRecord, 'id' | 'atMs'>): Promise<number> {
    const rank = await this.#client.ask(() => this.#client.commands.zrevrank(key, id));
    if (rank !== null) return rank + 1;
    return this.#client.ask(() => this.#client.commands.zcount(key, atMs, '+inf'));
  }

  async #revise(kind: RecordKind): Promise<void> {
    if (isInForce(kind)) await this.#client.ask(() => this.#client.commands.incr(revisionKey));
  }
}

function recordKey(kind: RecordKind, id: string): string {
  return `aw:review:${kind}:${id}`;
}

function tagKey(kind: RecordKind, tag: string | null): string {
  return tag === null ? `aw:review:${kind}s` : `aw:review:${kind}s:${tag}`;
}

function encode(record: StoredRecord): string {
  return JSON.stringify(record);
}

function decode(text: string | null): StoredRecord | null {
  return text === null ? null : (JSON.parse(text) as StoredRecord);
}
