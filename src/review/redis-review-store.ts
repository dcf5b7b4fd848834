import { readFileSync } from 'node:fs';
import slotOf from 'cluster-key-slot';
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
import {
  decode,
  deleteStep,
  encode,
  listSteps,
  recordKey,
  setStep,
  tagKey,
  unlistSteps,
  type Step,
} from './redis-steps.ts';

type Script = (
  keyCount: number,
  ...keysAndArguments: readonly (string | number)[]
) => Promise<unknown>;
type Scripts = { readonly awReplaceText: Script; readonly awTakeSteps: Script };

const revisionKey = 'aw:review:revision';
const changeAttempts = 20;
const atOnce = 500;
const stepsAtOnce = 100;
/** Records that are read and taken out before mail has its turn. */
const removedAtOnce = 50;

/**
 * The review store that several proxies share. What is asked in one go has keys of one slot, so that it works in a Cluster
 * as well; what a crash leaves between two keys is a listing that names a record which is not there, and is passed over.
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
    commands.defineCommand('awTakeSteps', { lua: luaOf('redis-take-steps') });
    this.#scripts = commands as unknown as Scripts;
    this.#claims = new RedisClaims(client, 'aw:review:claim:');
  }

  async put(kind: RecordKind, records: readonly StoredRecord[]): Promise<void> {
    const before = await this.#take([
      ...records.map((record) => setStep(kind, record)),
      ...listSteps(kind, records),
    ]);
    const moves = records.map((after, index) => ({ before: decode(before[index] ?? null), after }));
    await this.#take(unlistSteps(kind, moves));
    await this.#revise(kind);
  }

  async read(kind: RecordKind, ids: readonly string[]): Promise<readonly (StoredRecord | null)[]> {
    const found: (StoredRecord | null)[] = [];
    for (let from = 0; from < ids.length; from += atOnce) {
      const keys = ids.slice(from, from + atOnce).map((id) => recordKey(kind, id));
      const texts = await this.#bySlot(
        keys,
        (key) => key,
        (some) => this.#client.commands.mget(some),
      );
      found.push(...texts.map((text) => decode(text ?? null)));
    }
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
      await this.#take([
        ...unlistSteps(kind, [{ before, after }]),
        ...(after === null ? [] : listSteps(kind, [after])),
      ]);
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
    for (let from = 0; from < ids.length; from += removedAtOnce) {
      const some = ids.slice(from, from + removedAtOnce);
      const records = (await this.read(kind, some)).filter((record) => record !== null);
      await this.#take([
        ...records.map(({ id }) => deleteStep(kind, id)),
        ...unlistSteps(
          kind,
          records.map((before) => ({ before, after: null })),
        ),
        { name: 'remove', key, values: some },
      ]);
    }
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

  /**
   * What each step found, null for all that set no text. So few at once that the deadline of an answer suffices: a message
   * may stand in a thousand lists.
   */
  async #take(steps: readonly Step[]): Promise<readonly (string | null)[]> {
    const found: (string | null)[] = [];
    for (let from = 0; from < steps.length; from += stepsAtOnce)
      found.push(
        ...(await this.#bySlot(
          steps.slice(from, from + stepsAtOnce),
          ({ key }) => key,
          (some) => this.#takeTogether(some),
        )),
      );
    return found;
  }

  async #takeTogether(steps: readonly Step[]): Promise<readonly (string | null)[]> {
    const keys = [...new Set(steps.map(({ key }) => key))];
    const places = new Map(keys.map((key, index) => [key, index + 1]));
    const told = steps.map(({ name, key, values }) => [name, places.get(key), ...values]);
    const texts = steps.flatMap(({ text }) => text ?? []);
    const before = (await this.#scripts.awTakeSteps(
      ...[keys.length, ...keys, JSON.stringify(told), ...texts],
    )) as readonly (string | null)[];
    let at = 0;
    return steps.map(({ name }) => (name === 'set' ? (before[at++] ?? null) : null));
  }

  /** Asks about all at once, or in a Cluster about those of one slot; the answers in the order of the items. */
  async #bySlot<Item, Answer>(
    items: readonly Item[],
    keyOf: (item: Item) => string,
    ask: (items: Item[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    if (!this.#client.commands.isCluster) return this.#client.ask(() => ask([...items]));
    const groups = [
      ...Map.groupBy(items.keys(), (index) => slotOf(keyOf(items[index] as Item))).values(),
    ];
    const answers: Answer[] = [];
    await this.#client.ask(() =>
      Promise.all(
        groups.map(async (indices) => {
          const found = await ask(indices.map((index) => items[index] as Item));
          for (const [place, index] of indices.entries()) answers[index] = found[place] as Answer;
        }),
      ),
    );
    return answers;
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
