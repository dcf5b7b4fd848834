/** What one turn of one subject gave. */
export type Figures = {
  readonly perSecond: number;
  /** User and system time of the process, per message; null where it is not ours to measure. */
  readonly cpuMs: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakBytes: number | null;
};

/** Turns by the name of the subject, one for each round. */
export type Samples = ReadonlyMap<string, readonly Figures[]>;

/** Null where a name is missing, or was not measured: it is taken within each round, where both had the same machine, and the median over the rounds. */
export function ratioOf(
  samples: Samples,
  [name, to]: readonly [string, string],
  of: (figures: Figures) => number | null,
): number | null {
  const [left, right] = [samples.get(name), samples.get(to)];
  if (left === undefined || right === undefined) return null;
  const ratio = median(
    left.map((figures, round) => {
      const base = right[round];
      return (of(figures) ?? NaN) / ((base && of(base)) ?? NaN);
    }),
  );
  return Number.isFinite(ratio) ? ratio : null;
}

export function mediansOf(samples: Samples): Readonly<Record<string, Figures>> {
  return Object.fromEntries([...samples].map(([name, all]) => [name, medianOf(all)]));
}

function medianOf(all: readonly Figures[]): Figures {
  const of = (value: (figures: Figures) => number | null) => {
    const values = all.map(value);
    return values.includes(null) ? null : median(values as number[]);
  };
  return {
    perSecond: of(({ perSecond }) => perSecond) ?? 0,
    cpuMs: of(({ cpuMs }) => cpuMs),
    p50Ms: of(({ p50Ms }) => p50Ms) ?? 0,
    p99Ms: of(({ p99Ms }) => p99Ms) ?? 0,
    peakBytes: of(({ peakBytes }) => peakBytes),
  };
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Of values in ascending order; 0 of nothing. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0;
}
