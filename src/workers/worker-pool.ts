import cluster, { type Worker } from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { AlertWord } from '../alerts/shared-alerts.ts';
import type { Settings } from '../config/settings.ts';
import type { MailAddresses } from '../listeners.ts';
import { aggregateMetrics } from '../observability/aggregate-metrics.ts';
import type { Events, WorkerEnded } from '../observability/events.ts';
import type { ClientsOfWorkers } from './clients-of-workers.ts';
import { CountsOfWorkers } from './counts-of-workers.ts';
import type { FromWorker, ToWorker, TrafficCount } from './messages.ts';
import { nextStart } from './restarts.ts';

export type WorkerPoolOptions = {
  readonly count: number;
  /** Of the program, ours and theirs. */
  readonly version: string;
  readonly settings: Settings;
  /** How long workers may take to end once they are asked to; then they are killed. */
  readonly endWithinMs: number;
  readonly clients: ClientsOfWorkers;
  readonly onWords: (words: readonly AlertWord[]) => void;
  readonly onTraffic: (counts: readonly TrafficCount[]) => void;
  readonly events: Pick<Events, 'workersServing' | 'workerEnded' | 'workerFailed'>;
};

type Slot = {
  readonly number: number;
  /** Of the first process. */
  readonly started: PromiseWithResolvers<MailAddresses>;
  hasServed: boolean;
  worker: Worker | null;
  servingSinceMs: number | null;
  /** Why it said that it cannot serve. */
  failure: string | null;
  earlyEnds: number;
};

/**
 * Worker processes that take mail on one port. They are started again when they end; disposing lets them end in order and
 * in time.
 */
export class WorkerPool implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #counts = new CountsOfWorkers();
  readonly #gaveUp = Promise.withResolvers<Error>();
  #hasGivenUp = false;
  readonly #stopping = new AbortController();
  readonly #ends = new Set<Promise<unknown>>();
  /** Once the first of them listens, with its addresses. */
  #settings: WorkerPoolOptions['settings'];

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#slots = Array.from({ length: options.count }, (_, index) => newSlot(index + 1));
  }

  /** Resolves with why, once a worker cannot be kept alive. */
  get gaveUp(): Promise<Error> {
    return this.#gaveUp.promise;
  }

  /** Workers that take mail. */
  get serving(): number {
    return this.#slots.filter(({ servingSinceMs }) => servingSinceMs !== null).length;
  }

  /** Resolves once all of them take mail. @throws Error with the reason of the first that cannot. */
  async start(): Promise<MailAddresses> {
    cluster.setupPrimary({ serialization: 'json' });
    this.#sayServing();
    const [first, ...others] = this.#slots;
    if (first === undefined) throw new Error('there are no workers');
    // It may have been asked to take any port that is free, and the others need that one.
    this.#fork(first);
    const addresses = await first.started.promise;
    const { smtp, milter } = addresses;
    this.#settings = {
      ...this.#settings,
      listen: smtp ?? this.#settings.listen,
      milterListen: milter,
    };
    for (const slot of others) this.#fork(slot);
    await Promise.all(others.map(({ started }) => started.promise));
    return addresses;
  }

  /** What `own` and all workers counted, those that are gone included. */
  async registry(own: Registry): Promise<Registry> {
    const measured = this.#slots.map((slot) => this.#measure(slot));
    const [alone] = await Promise.all([own.getMetricsAsJSON(), ...measured]);
    return aggregateMetrics([alone, ...this.#counts.snapshots]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    for (const { worker } of this.#slots) tell(worker, { kind: 'drain' });
    const patience = new AbortController();
    const tooLong = delay(this.#options.endWithinMs, null, { signal: patience.signal });
    await Promise.race([Promise.all(this.#ends), tooLong.catch(() => undefined)]);
    patience.abort();
    for (const { worker } of this.#slots) worker?.process.kill('SIGKILL');
    await Promise.all(this.#ends);
  }

  #fork(slot: Slot): void {
    const worker = cluster.fork();
    slot.worker = worker;
    slot.failure = null;
    worker.on('message', (message: FromWorker) => this.#hear(slot, worker, message));
    worker.on('error', (error) => this.#options.events.workerFailed(slot.number, error));
    const ended = Promise.withResolvers<undefined>();
    this.#ends.add(ended.promise);
    worker.once('exit', (code: number | null, signal: string | null) => {
      this.#ended(slot, pidOf(worker), { code, signal });
      this.#ends.delete(ended.promise);
      ended.resolve(undefined);
    });
  }

  #hear(slot: Slot, worker: Worker, message: FromWorker): void {
    const { clients, onWords, onTraffic } = this.#options;
    // What it still had to say when it ended: its clients are gone, and its counts with the others.
    if (slot.worker !== worker) return;
    const pid = pidOf(worker);
    switch (message.kind) {
      case 'hello':
        if (this.#stopping.signal.aborted || !this.#understands(slot, message.version))
          tell(worker, { kind: 'drain' });
        else tell(worker, { kind: 'start', worker: slot.number, settings: this.#settings });
        break;
      case 'serving':
        slot.servingSinceMs = performance.now();
        slot.hasServed = true;
        this.#sayServing();
        slot.started.resolve({ smtp: message.smtp, milter: message.milter });
        break;
      case 'failed':
        slot.failure = message.reason;
        break;
      case 'admit':
      case 'message':
        tell(worker, { kind: 'client', id: message.id, answer: clients.answer(pid, message) });
        break;
      case 'left':
        clients.left(pid, message.id);
        break;
      case 'words':
        onWords(message.words);
        for (const other of this.#slots) if (other !== slot) tell(other.worker, message);
        break;
      case 'traffic':
        onTraffic(message.counts);
        break;
      case 'measured':
        this.#counts.measured(pid, message.snapshot);
        break;
    }
  }

  /** A worker that was started again after an upgrade may mean other things by what it says, and nobody would notice. */
  #understands(slot: Slot, version = 'of an older version'): boolean {
    const ours = this.#options.version;
    if (version === ours) return true;
    slot.failure = `Aliaswatch ${version} was installed while ${ours} ran: start it again`;
    this.#giveUp(slot.failure);
    return false;
  }

  #giveUp(why: string): void {
    this.#hasGivenUp = true;
    this.#gaveUp.resolve(new Error(why));
  }

  #ended(slot: Slot, pid: number, how: Pick<WorkerEnded, 'code' | 'signal'>): void {
    const { clients, events } = this.#options;
    const { servingSinceMs: since } = slot;
    const servedMs = since === null ? null : Math.round(performance.now() - since);
    slot.worker = slot.servingSinceMs = null;
    clients.gone(pid);
    this.#counts.gone(pid);
    this.#sayServing();
    if (this.#stopping.signal.aborted || this.#hasGivenUp) return;
    const reason = slot.failure ?? `a worker ended ${describeEnd(how)}`;
    if (!slot.hasServed) {
      slot.started.reject(new Error(reason));
      return;
    }
    const next = nextStart(slot.earlyEnds, { servedMs, isOrderly: how.code === 0 });
    if (next.kind === 'give-up') {
      const what = `worker ${slot.number} ends again and again as soon as it has begun`;
      this.#giveUp(`${what}: ${reason}`);
      return;
    }
    slot.earlyEnds = next.earlyEnds;
    const { afterMs: restartsInMs } = next;
    events.workerEnded({ worker: slot.number, pid, ...how, servedMs, restartsInMs });
    if (slot.failure !== null) events.workerFailed(slot.number, new Error(slot.failure));
    delay(restartsInMs, null, { signal: this.#stopping.signal }).then(
      () => this.#fork(slot),
      () => undefined,
    );
  }

  async #measure({ worker, servingSinceMs }: Slot): Promise<void> {
    if (worker === null || servingSinceMs === null) return;
    await this.#counts.measure(pidOf(worker), () => tell(worker, { kind: 'measure' }));
  }

  #sayServing(): void {
    this.#options.events.workersServing(this.#options.count, this.serving);
  }
}

function newSlot(number: number): Slot {
  return {
    number,
    started: Promise.withResolvers(),
    hasServed: false,
    worker: null,
    servingSinceMs: null,
    failure: null,
    earlyEnds: 0,
  };
}

function pidOf({ process: { pid = 0 } }: Worker): number {
  return pid;
}

/** Whoever is gone is not told; that it is gone is seen soon. */
function tell(worker: Worker | null, message: ToWorker): void {
  if (worker?.isConnected() === true) worker.send(message, () => undefined);
}

function describeEnd({ code, signal }: Pick<WorkerEnded, 'code' | 'signal'>): string {
  return signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
}
