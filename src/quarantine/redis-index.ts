import { readFileSync } from 'node:fs';
import { RedisClaims } from '../redis/redis-claims.ts';
import { RedisClient } from '../redis/redis-client.ts';
import { walkMarks } from './index-walk.ts';
import type {
  DueQuery,
  IndexEntry,
  IndexPage,
  IndexQuery,
  IndexTotals,
  QuarantineIndex,
} from './quarantine-index.ts';

/** In braces: all keys are in one slot of a Cluster, so that a script may touch them together. */
const base = '{aw:quarantine}';
const entriesAtOnce = 100;

type Script = (keyCount: 1, key: string, ...args: (string | number)[]) => Promise<unknown>;
type Scripts = {
  readonly awHeldChange: Script;
  readonly awHeldPage: Script;
  readonly awHeldWalk: Script;
};

/** An index shared by several proxies. Opening succeeds while Redis is down: calls fail fast until it is back. */
export async function openRedisIndex(
  address: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<QuarantineIndex> {
  const client = new RedisClient(address, { title: 'Quarantine index', timeoutMs });
  await client.connected();
  return new RedisIndex(client);
}

class RedisIndex implements QuarantineIndex {
  readonly #client: RedisClient;
  readonly #scripts: Scripts;
  readonly #claims: RedisClaims;

  constructor(client: RedisClient) {
    this.#client = client;
    for (const [name, file] of [
      ['awHeldChange', 'change'],
      ['awHeldPage', 'page'],
      ['awHeldWalk', 'walk'],
    ] as const) {
      const lua = readFileSync(new URL(`./redis-index-${file}.lua`, import.meta.url), 'utf8');
      client.commands.defineCommand(name, { lua });
    }
    this.#scripts = client.commands as unknown as Scripts;
    this.#claims = new RedisClaims(client, `${base}:claim:`);
  }

  async put(entries: readonly IndexEntry[]): Promise<void> {
    await this.#changeAll(
      entries.map(({ id, directory, place, state, alias, campaign, bytes, ...rest }) => {
        const { expiresAt, closedAt, isNoticed, version, marks, body } = rest;
        const facts = [directory, place, state, alias, campaign, bytes, expiresAt, closedAt];
        return ['put', id, ...facts, version, marks, body, Number(isNoticed)];
      }),
    );
  }

  async remove(directory: string, ids: readonly string[]): Promise<void> {
    await this.#changeAll(ids.map((id) => ['remove', id, directory]));
  }

  /** What Redis has deleted it does not give out any more. */
  scrub(): Promise<void> {
    return Promise.resolve();
  }

  query(query: IndexQuery): Promise<IndexPage> {
    const isPlain = query.marks.length === 0 && (query.alias === null || query.campaign === null);
    return isPlain ? this.#plainPage(query) : this.#markedPage(query);
  }

  locate(id: string): Promise<string | null> {
    return this.#client.ask(() => this.#client.commands.hget(`${base}:directory`, id));
  }

  /** In steps, since a Redis that mail waits for as well is not to be kept busy. */
  async versions(directory: string): Promise<ReadonlyMap<string, number>> {
    const versions = new Map<string, number>();
    let cursor = '0';
    do {
      const [next, pairs] = await this.#client.ask(() =>
        this.#client.commands.hscan(`${base}:version:${directory}`, cursor, 'COUNT', 1000),
      );
      for (let index = 0; index + 1 < pairs.length; index += 2)
        versions.set(pairs[index] ?? '', Number(pairs[index + 1]));
      cursor = next;
    } while (cursor !== '0');
    return versions;
  }

  due({ directory, what, before, limit }: DueQuery): Promise<readonly string[]> {
    const key = `${base}:${what}:${directory}`;
    return this.#client.ask(() =>
      this.#client.commands.zrangebyscore(key, '-inf', `(${before}`, 'LIMIT', 0, limit),
    );
  }

  async totals(): Promise<IndexTotals> {
    const [counts, first] = await this.#client.ask(() =>
      Promise.all([
        this.#client.commands.hgetall(`${base}:totals`),
        this.#client.commands.zrangebylex(`${base}:place:s=held`, '-', '+', 'LIMIT', 0, 1),
      ]),
    );
    const of = (what: string) => ({
      held: Number(counts[`held:${what}`] ?? 0),
      released: Number(counts[`released:${what}`] ?? 0),
      deleted: Number(counts[`deleted:${what}`] ?? 0),
    });
    const [oldest] = first;
    return {
      messages: of('messages'),
      bytes: of('bytes'),
      oldestHeldAt: oldest === undefined ? null : Number(oldest.slice(0, 15)),
    };
  }

  async isFilled(directory: string): Promise<boolean> {
    const key = `${base}:filled`;
    return (await this.#client.ask(() => this.#client.commands.sismember(key, directory))) === 1;
  }

  async setFilled(directory: string): Promise<void> {
    await this.#client.ask(() => this.#client.commands.sadd(`${base}:filled`, directory));
  }

  claim(name: string, holder: string, ms: number): Promise<boolean> {
    return this.#claims.claim(name, holder, ms);
  }

  disclaim(name: string, holder: string): Promise<void> {
    return this.#claims.disclaim(name, holder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }

  async #changeAll(changes: readonly (readonly (string | number)[])[]): Promise<void> {
    for (let from = 0; from < changes.length; from += entriesAtOnce) {
      const some = changes.slice(from, from + entriesAtOnce);
      await this.#client.ask(() =>
        Promise.all(some.map((change) => this.#scripts.awHeldChange(1, base, ...change))),
      );
    }
  }

  async #plainPage(query: IndexQuery): Promise<IndexPage> {
    const end = upTo(query.before);
    const pageEnd =
      query.after === null || (query.before !== null && query.before < query.after)
        ? end
        : upTo(query.after);
    const [set] = setsOf(query);
    const [total, ...rows] = (await this.#client.ask(() =>
      this.#scripts.awHeldPage(1, base, set, since(query.from), end, pageEnd, query.limit + 1),
    )) as [number, ...string[]];
    const entries = entriesIn(rows);
    return { entries: entries.slice(0, query.limit), more: entries.length > query.limit, total };
  }

  async #markedPage(query: IndexQuery): Promise<IndexPage> {
    const [set, also] = setsOf(query);
    const marks = query.marks.flatMap((alternatives) => [alternatives.length, ...alternatives]);
    const { places, more, total } = await walkMarks(query, async (before, rows) => {
      const [next, ...hits] = (await this.#client.ask(() =>
        this.#scripts.awHeldWalk(
          ...([1, base, set, also, since(query.from), upTo(before), rows] as const),
          ...[query.marks.length, ...marks],
        ),
      )) as [string, ...string[]];
      return { hits, count: hits.length, next: next === '' ? null : next };
    });
    return { entries: await this.#entriesAt(places), more, total };
  }

  /** What is gone since then is left out. */
  async #entriesAt(places: readonly string[]): Promise<IndexPage['entries']> {
    if (places.length === 0) return [];
    const ids = places.map((place) => place.slice(15));
    const [directories, bodies] = await this.#client.ask(() =>
      Promise.all([
        this.#client.commands.hmget(`${base}:directory`, ...ids),
        this.#client.commands.hmget(`${base}:body`, ...ids),
      ]),
    );
    return places.flatMap((place, index) => {
      const [directory, body] = [directories[index], bodies[index]];
      return directory && body ? [{ place, directory, body }] : [];
    });
  }
}

/** The smallest set that holds all rows of a query, and another one that they must be in, or ''. */
function setsOf({ state, alias, campaign }: IndexQuery): readonly [set: string, also: string] {
  const withState = (name: string) => (state === 'any' ? name : `${name}\ns=${state}`);
  if (campaign !== null) return [withState(`c=${campaign}`), alias === null ? '' : `a=${alias}`];
  if (alias !== null) return [withState(`a=${alias}`), ''];
  return [state === 'any' ? '' : `s=${state}`, ''];
}

function entriesIn(rows: readonly string[]): IndexPage['entries'] {
  const entries = [];
  for (let index = 0; index + 2 < rows.length; index += 3) {
    const [place = '', directory = '', body = ''] = rows.slice(index, index + 3);
    if (body !== '') entries.push({ place, directory, body });
  }
  return entries;
}

function since(place: string | null): string {
  return place === null ? '-' : `[${place}`;
}

function upTo(place: string | null): string {
  return place === null ? '+' : `(${place}`;
}
