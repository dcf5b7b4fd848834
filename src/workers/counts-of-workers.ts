import { RetiredCounts, type MetricsSnapshot } from '../observability/aggregate-metrics.ts';

/** A scrape does not wait longer for a worker that is busy: its last figures are shown again. */
const usualPatienceMs = 4000;

/** What the workers of a port counted, those that are gone included; each once, whenever one ends. */
export class CountsOfWorkers {
  readonly #patienceMs: number;
  readonly #retired = new RetiredCounts();
  /** Both by worker process. */
  readonly #latest = new Map<number, MetricsSnapshot>();
  readonly #asked = new Map<number, PromiseWithResolvers<undefined>>();

  constructor(patienceMs = usualPatienceMs) {
    this.#patienceMs = patienceMs;
  }

  /** By now; to be read at once, since a worker that ends moves from one part to another. */
  get snapshots(): readonly MetricsSnapshot[] {
    return [...this.#latest.values(), ...this.#retired.counts];
  }

  /** Resolves once the worker has answered, is gone or takes too long; whoever asks meanwhile waits for the same answer. */
  async measure(pid: number, ask: () => void): Promise<void> {
    const underWay = this.#asked.get(pid);
    if (underWay !== undefined) return underWay.promise;
    const asked = Promise.withResolvers<undefined>();
    this.#asked.set(pid, asked);
    const timer = setTimeout(() => asked.resolve(undefined), this.#patienceMs);
    ask();
    await asked.promise;
    clearTimeout(timer);
    this.#asked.delete(pid);
  }

  measured(pid: number, snapshot: MetricsSnapshot): void {
    this.#latest.set(pid, snapshot);
    this.#asked.get(pid)?.resolve(undefined);
  }

  /** The process is gone: what it counted stays. */
  gone(pid: number): void {
    const last = this.#latest.get(pid);
    this.#latest.delete(pid);
    if (last !== undefined) void this.#retired.add(last);
    this.#asked.get(pid)?.resolve(undefined);
  }
}
