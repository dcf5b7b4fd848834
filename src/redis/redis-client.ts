import type { Writable } from 'node:stream';
import { Cluster, Redis, ReplyError } from 'ioredis';
import { gatherWrites } from '../gathered-writes.ts';
import { CallGuard } from './call-guard.ts';
import { parseRedisAddress, type RedisAddress } from './redis-address.ts';
import { nameDenied } from './redis-denied.ts';
import {
  markRedisFormat,
  NewerFormat,
  readRedisFormat,
  redisFormat,
  refuseNewer,
  type RedisFormat,
} from './redis-format.ts';
import {
  clusterOptions,
  connectionOptions,
  reconnectDelayMs,
  sentinelOptions,
  slotsRefreshMs,
} from './redis-options.ts';

export type RedisClientOptions = {
  /** For people: `Baseline store`. */
  readonly title: string;
  /** Every call is answered or refused within this. */
  readonly timeoutMs: number;
  /** Brings older data up to date, whole or not at all; then the store is marked. Others leave both to it. */
  readonly upgrade?: (from: number) => Promise<void>;
  /** What is known here: that of this program when absent. */
  readonly format?: RedisFormat;
};

/** A node that was locked out by a newer one writes for no longer than this. */
const admittedForMs = 10_000;

/**
 * One connection to a Redis, to what Sentinels name, or to a Cluster, every call of which is answered or refused in time.
 * Errors name the address without its passwords.
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
  /** Whether what the store holds may be touched, asked at each connect and every few seconds. */
  #admission: { readonly admitted: Promise<void>; readonly untilMs: number } | null = null;

  constructor(address: string, options: RedisClientOptions) {
    const { timeoutMs } = options;
    this.#target = parseRedisAddress(address);
    this.#options = options;
    this.label = this.#target.label;
    this.commands = connect(this.#target, timeoutMs);
    this.#slotsRefresh = refreshSlots(this.commands);
    this.#guard = new CallGuard({ timeoutMs, isAnswer });
    this.commands.on('error', (error: Error & { readonly code?: string }) => {
      this.#trouble = error.message === '' ? (error.code ?? '') : error.message;
    });
    onOtherMasters(this.commands, () => this.#guard.recovered());
    this.commands.on('ready', () => {
      this.#trouble = '';
      this.#admission = null;
      this.#guard.recovered();
    });
  }

  /** Resolves when the connection stands and the store may be used, when either has failed, or takes long. */
  async connected(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const settle = () => resolve(undefined);
    const timer = setTimeout(settle, Math.max(this.#options.timeoutMs, 1000));
    this.commands.once('ready', () => void this.#admitted().then(settle, settle));
    this.commands.once('close', settle);
    await promise;
    clearTimeout(timer);
  }

  /** Errors are new ones: those of ioredis carry the arguments of their command, and AUTH is a command. */
  ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    const admitted = async () => {
      // Before it knows the slots, a Cluster would keep the command for whenever it does.
      if (this.commands.isCluster && this.commands.status !== 'ready')
        throw new Error('not connected');
      await this.#admitted();
      gatherCommands(this.commands);
      return question();
    };
    return this.#guard.call(admitted).catch((error: unknown) => {
      const { label, password, sentinel } = this.#target;
      const text = error instanceof Error ? error.message : String(error);
      const reason = text.includes('enableOfflineQueue')
        ? 'not connected'
        : nameDenied(text, this.#scripts());
      const sentence = `${this.#options.title} ${label}${error instanceof NewerFormat ? '' : ':'} ${reason}${this.#trouble === '' ? '' : ` (${this.#trouble})`}`;
      throw new Error(
        [password, sentinel?.password ?? null]
          .filter((secret) => secret !== null)
          .reduce((shown, secret) => shown.replaceAll(secret, '***'), sentence),
      );
    });
  }

  #scripts() {
    const { scriptsSet } = this.commands as unknown as {
      readonly scriptsSet: Readonly<Record<string, { readonly sha: string; readonly lua: string }>>;
    };
    return Object.values(scriptsSet);
  }

  /** Rejects with NewerFormat, or because the store does not answer: then the next call asks again. */
  #admitted(): Promise<void> {
    if (this.#admission === null || this.#admission.untilMs < performance.now()) {
      const admitted = this.#admit().catch((error: unknown) => {
        if (!(error instanceof NewerFormat) && this.#admission === asked) this.#admission = null;
        throw error;
      });
      const asked = { admitted, untilMs: performance.now() + admittedForMs };
      this.#admission = asked;
    }
    return this.#admission.admitted;
  }

  async #admit(): Promise<void> {
    const { upgrade, format = redisFormat } = this.#options;
    const found = await readRedisFormat(this.commands);
    refuseNewer(found, format);
    if (upgrade === undefined || found.version >= format.version) return;
    await upgrade(found.version);
    await markRedisFormat(this.commands, format);
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (this.#slotsRefresh !== null) clearInterval(this.#slotsRefresh);
    this.commands.disconnect();
    return Promise.resolve();
  }
}

/** A message gives some two dozen commands, and each alone would be a system call here and another one there. */
function gatherCommands(commands: Redis | Cluster): void {
  const nodes = commands instanceof Cluster ? commands.nodes('master') : [commands];
  for (const { stream } of nodes as readonly { readonly stream?: Writable }[])
    if (stream !== undefined) gatherWrites(stream);
}

function isAnswer(error: unknown): boolean {
  return error instanceof ReplyError || error instanceof NewerFormat;
}

function refreshSlots(commands: Redis | Cluster): NodeJS.Timeout | null {
  if (!commands.isCluster) return null;
  return setInterval(() => (commands as Cluster).refreshSlotsCache(), slotsRefreshMs).unref();
}

/** A failover is over: the guard would learn of it only when it asks again, seconds later. */
function onOtherMasters(commands: Redis | Cluster, notice: () => void): void {
  if (!commands.isCluster) return;
  let before = '';
  commands.on('refresh', () => {
    const masters = (commands as Cluster).nodes('master').map(({ options }) => options);
    const now = masters.map(({ host, port }) => `${host}:${port}`).sort();
    if (before !== now.join()) notice();
    before = now.join();
  });
}

function connect(target: RedisAddress, timeoutMs: number): Redis | Cluster {
  const options = connectionOptions(target, timeoutMs);
  if (target.kind === 'cluster')
    return new Cluster([...target.nodes], { ...clusterOptions, redisOptions: options });
  return new Redis({
    ...options,
    ...(target.sentinel === null
      ? target.nodes[0]
      : sentinelOptions(target, target.sentinel, timeoutMs)),
    db: target.database,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  });
}
