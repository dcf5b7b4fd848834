import { AggregatorRegistry, type Aggregator, type Registry } from 'prom-client';

/** All series of one process at one time, as JSON. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/**
 * Series of several processes as those of one: what was counted adds up, and each gauge says how its figures come together.
 * What means nothing together is that of the first.
 */
export function aggregateMetrics([own = [], ...others]: readonly MetricsSnapshot[]): Registry {
  const alone = own.map((metric) => (isOfOne(metric) ? { ...metric, aggregator: first } : metric));
  const shared = others.map((snapshot) => snapshot.filter((metric) => !isOfOne(metric)));
  return AggregatorRegistry.aggregate([alone, ...shared]);
}

const first: Aggregator = 'first';

function isOfOne({ aggregator }: MetricsSnapshot[number]): boolean {
  return aggregator === 'omit';
}

/**
 * What processes counted that are gone: without it their counters would go back, and whoever scrapes would take the rest
 * for new.
 */
export class RetiredCounts {
  #counts: readonly MetricsSnapshot[] = [];
  #adding: Promise<void> = Promise.resolve();

  /** They add up to all that was counted, at any time. */
  get counts(): readonly MetricsSnapshot[] {
    return this.#counts;
  }

  /** Counts at once; resolves when that has become one snapshot with those before. */
  add(snapshot: MetricsSnapshot): Promise<void> {
    this.#counts = [...this.#counts, snapshot.filter(({ type }) => !isGauge(type))];
    return (this.#adding = this.#adding.then(() => this.#join()));
  }

  async #join(): Promise<void> {
    const joined = this.#counts;
    const one = await aggregateMetrics(joined).getMetricsAsJSON();
    this.#counts = [one, ...this.#counts.slice(joined.length)];
  }
}

/** prom-client declares an enumeration of numbers, and gives words. */
function isGauge(type: unknown): boolean {
  return type === 'gauge';
}
