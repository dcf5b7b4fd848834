import { Cluster, Redis, ReplyError } from 'ioredis';
import { CallGuard } from './call-guard.ts';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import {
  clusterOptions,
  connectionOptions,
  reconnectDelayMs,
  slotsRefreshMs,
} from './redis-options.ts';

export type RedisClientOptions = {
  /** For people: `Baseline store`. */
  readonly title: string;
  /** Every call is answered or refused within this. */
  readonly timeoutMs: number;
};

/**
 * One connection to a Redis or a Cluster, every call of which is answered or refused in time. Errors name the address
 * without its password.
 */
export class RedisClient implements AsyncDisposable {
  readonly commands: Redis | Cluster;
  /** For people: the address without its secrets. */
  readonly label: string;
  readonly #target: RedisAddress;
  readonly #options: RedisClientOptions;
  readonly #guard: CallGuard;
  readonly #slotsRefresh: NodeJS.Timeout | null;
  /** Why the connection was last lost; empty while it stands. */
  #trouble = '';

  constructor(address: string, options: RedisClientOptions) {
    const { timeoutMs } = options;
    this.#target = parseRedisAddress(address);
    this.#options = options;
    this.label = this.#target.label;
    this.commands = connect(this.#target, timeoutMs);
    this.#slotsRefresh = refreshSlots(this.commands);
    this.#guard = new CallGuard({ timeoutMs, isAnswer: (error) => error instanceof ReplyError });
    this.commands.on('error', (error: Error & { readonly code?: string }) => {
      this.#trouble = error.message === '' ? (error.code ?? '') : error.message;
    });
    this.commands.on('ready', () => {
      this.#trouble = '';
      this.#guard.recovered();
    });
  }

  /** Resolves when the connection stands, has failed, or takes long. */
  async connected(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const settle = () => resolve(undefined);
    const timer = setTimeout(settle, Math.max(this.#options.timeoutMs, 1000));
    this.commands.once('ready', settle).once('close', settle);
    await promise;
    clearTimeout(timer);
  }

  /** Errors are new ones: those of ioredis carry the arguments of their command, and AUTH is a command. */
  ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    return this.#guard.call(question).catch((error: unknown) => {
      const { label, password } = this.#target;
      const text = error instanceof Error ? error.message : String(error);
      const reason = text.includes('enableOfflineQueue') ? 'not connected' : text;
      const sentence = `${this.#options.title} ${label}: ${reason}${this.#trouble === '' ? '' : ` (${this.#trouble})`}`;
      throw new Error(password === null ? sentence : sentence.replaceAll(password, '***'));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#slotsRefresh !== null) clearInterval(this.#slotsRefresh);
    this.commands.disconnect();
    return Promise.resolve();
  }
}

function refreshSlots(commands: Redis | Cluster): NodeJS.Timeout | null {
  if (!commands.isCluster) return null;
  return setInterval(() => (commands as Cluster).refreshSlotsCache(), slotsRefreshMs).unref();
}

function connect(target: RedisAddress, timeoutMs: number): Redis | Cluster {
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
