import { Resolver as DnsClient } from 'node:dns/promises';
import { LRUCache } from 'lru-cache';
import type { DNSResolver } from 'mailauth';

/** One record as `dns.promises.resolve` gives it: text, the strings of one TXT record, or an MX record. */
export type DnsRecord =
  string | readonly string[] | { readonly exchange: string; readonly priority: number };

/**
 * Answers as `dns.promises.resolve` does; rejects with `DnsError` and with nothing else. While an answer is in force, it
 * is the same frozen list, or the same error, for all who ask.
 */
export type Lookup = (name: string, rrtype: string) => Promise<readonly DnsRecord[]>;

/** The type of mailauth leaves out the records of MX, which it asks for. */
export function asResolver(lookup: Lookup): DNSResolver {
  return lookup as unknown as DNSResolver;
}

/** `code` is that of node:dns: ENOTFOUND, ENODATA, ETIMEOUT, ESERVFAIL, EREFUSED … */
export class DnsError extends Error {
  override readonly name = 'DnsError';
  readonly code: string;

  constructor(code: string, query: string) {
    super(`${code} ${query}`);
    this.code = code;
  }
}

export type ResolverOptions = {
  /** `host:port`; without any, the servers of the system. */
  readonly servers?: readonly string[];
  /** Longest wait for one query, all its tries included. */
  readonly timeoutMs: number;
  readonly maxEntries: number;
  readonly maxTtlSeconds: number;
  readonly negativeTtlSeconds: number;
};

export const defaultResolverOptions = {
  timeoutMs: 1500,
  maxEntries: 10_000,
  maxTtlSeconds: 60,
  negativeTtlSeconds: 30,
} as const satisfies ResolverOptions;

export type MessageLimits = { readonly deadlineMs: number; readonly maxQueries: number };

/** DNS as one process shares it: a bounded cache, and one query under way per question. */
export interface Resolver extends AsyncDisposable {
  /**
   * Lookups for one message: `deadlineMs` from now, or after `maxQueries` questions that the cache cannot answer, every
   * further one is ETIMEOUT. The same question is asked once, whatever came of it.
   */
  forMessage(limits: MessageLimits): Lookup;
  /** Since the start: answered from the cache (or a query under way), sent, and sent in vain. */
  statistics(): { readonly hits: number; readonly misses: number; readonly failures: number };
}

/**
 * NXDOMAIN and an empty answer are facts to remember; every other failure is trouble. The error is made once per answer
 * and not for each who asks: most domains of a tree walk are absent, and its stack costs more than all else of a hit.
 */
type Answer = { readonly records: readonly DnsRecord[] } | { readonly absent: DnsError };

const rrtypes = new Set(['A', 'AAAA', 'CNAME', 'MX', 'PTR', 'TXT']);
const typicalAnswerBytes = 512;

export function createResolver(options: ResolverOptions): Resolver {
  const { servers, timeoutMs } = options;
  // c-ares stretches and shortens the wait for a try by what it has seen of a server; `within` bounds the whole.
  const client = new DnsClient({ timeout: Math.ceil(timeoutMs / 3), tries: 3 });
  if (servers !== undefined && servers.length > 0) client.setServers([...servers]);
  const shared = shareQueries(client, options);
  return {
    forMessage: (limits) => lookupForMessage(shared, limits),
    statistics: () => ({ hits: shared.hits, misses: shared.misses, failures: shared.failures }),
    [Symbol.asyncDispose]() {
      client.cancel();
      return Promise.resolve();
    },
  };
}

type Question = { readonly key: string; readonly name: string; readonly rrtype: string };

type SharedQueries = {
  hits: number;
  misses: number;
  failures: number;
  /** The answer at hand, or on its way, or null. */
  recall(question: Question): Answer | Promise<Answer> | null;
  send(question: Question): Promise<Answer>;
};

function shareQueries(client: DnsClient, options: ResolverOptions): SharedQueries {
  const { timeoutMs, maxEntries, maxTtlSeconds, negativeTtlSeconds } = options;
  const cache = new LRUCache<string, Answer>({
    max: maxEntries,
    // An answer may be 64 KiB long, and whoever writes to us chooses which ones we ask for.
    maxSize: maxEntries * typicalAnswerBytes,
    sizeCalculation: (answer) => JSON.stringify(answer).length,
  });
  const underWay = new Map<string, Promise<Answer>>();

  async function query({ key, name, rrtype }: Question): Promise<Answer> {
    try {
      const records = await within(timeoutMs, client.resolve(name, rrtype), key);
      return { records: Object.freeze(records as DnsRecord[]) }; // `rrtypes` are those whose records have these shapes
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTFOUND' || code === 'ENODATA') return { absent: new DnsError(code, key) };
      if (code === 'EBADNAME') return { absent: new DnsError('ENOTFOUND', key) }; // c-ares asks for letters, digits and -._/* only
      throw new DnsError(code, key);
    }
  }

  const shared: SharedQueries = {
    hits: 0,
    misses: 0,
    failures: 0,
    recall({ key }) {
      const answer = cache.get(key) ?? underWay.get(key);
      if (answer === undefined) return null;
      shared.hits++;
      return answer;
    },
    async send(question) {
      shared.misses++;
      const flight = query(question);
      underWay.set(question.key, flight);
      try {
        const answer = await flight;
        // c-ares gives no TTL for TXT, so nothing may be believed for longer than a short fixed time.
        const ttlSeconds = 'records' in answer ? maxTtlSeconds : negativeTtlSeconds;
        if (ttlSeconds > 0) cache.set(question.key, answer, { ttl: ttlSeconds * 1000 });
        return answer;
      } catch (error) {
        shared.failures++;
        throw error;
      } finally {
        underWay.delete(question.key);
      }
    },
  };
  return shared;
}

/** Too little for an answer; and timers fire a few milliseconds early, when the deadline has passed in all but the clock. */
const leastMs = 10;

function lookupForMessage(shared: SharedQueries, limits: MessageLimits): Lookup {
  const deadline = performance.now() + limits.deadlineMs;
  const asked = new Map<string, Answer | Promise<Answer>>();
  let budget = limits.maxQueries;

  async function ask(question: Question, known: Promise<Answer> | null): Promise<Answer> {
    if (!rrtypes.has(question.rrtype)) throw new DnsError('ENOTIMP', question.key);
    if (!isQueryable(question.name)) throw new DnsError('ENOTFOUND', question.key);
    const leftMs = deadline - performance.now();
    if (known === null && (budget <= 0 || leftMs < leastMs))
      throw new DnsError('ETIMEOUT', question.key);
    if (known === null) budget--;
    return within(leftMs, known ?? shared.send(question), question.key);
  }

  /** The answer itself where it is at hand: for most questions of most mail it is, and nothing has to be waited for. */
  function answerTo(question: Question): Answer | Promise<Answer> {
    const before = asked.get(question.key);
    if (before !== undefined) return before;
    const known = shared.recall(question);
    const answer = known === null || known instanceof Promise ? ask(question, known) : known;
    asked.set(question.key, answer);
    return answer;
  }

  return async (asGiven, rrtype) => {
    const lower = asGiven.toLowerCase();
    const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
    const answer = answerTo({ key: `${rrtype} ${name}`, name, rrtype });
    const known = answer instanceof Promise ? await answer : answer;
    if ('absent' in known) throw known.absent;
    return known.records;
  };
}

/**
 * Whether the name can be asked as it stands. The client cuts a name at a NUL, reads backslash escapes and maps
 * Unicode, so `s=attacker.example\0` in a signature would fetch a key from somewhere else than below its `d=`.
 * A name that cannot exist is absent, not trouble: otherwise its author would choose `temperror`.
 */
function isQueryable(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[\x21-\x5b\x5d-\x7e]+$/.test(name) &&
    name.split('.').every((label) => label.length > 0 && label.length <= 63)
  );
}

async function within<Value>(limitMs: number, work: Promise<Value>, query: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DnsError('ETIMEOUT', query)), Math.max(0, limitMs));
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ESERVFAIL';
}
