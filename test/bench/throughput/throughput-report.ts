/** What one turn of one subject gave. */
export type Figures = {
  readonly perSecond: number;
  /** User and system time of the process, per message; null where it is not ours to measure. */
  readonly cpuMs: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakBytes: number | null;
};

export type Ratios = Readonly<Record<string, number | null>>;

/** Each ratio is taken within a round, where both had the same machine; the median over the rounds. Null where one is missing. */
export function ratiosOf(samples: ReadonlyMap<string, readonly Figures[]>): Ratios {
  const ratio = (name: string, to: string, of: (figures: Figures) => number | null) => {
    const [left, right] = [samples.get(name), samples.get(to)];
    if (left === undefined || right === undefined) return null;
    return median(
      left.map((figures, round) => {
        const base = right[round];
        return (of(figures) ?? NaN) / ((base && of(base)) ?? NaN);
      }),
    );
  };
  const cpu = (name: string, to: string) => ratio(name, to, ({ cpuMs }) => cpuMs);
  const speed = (name: string, to: string) => ratio(name, to, ({ perSecond }) => perSecond);
  const bareAuth = 'bare relay + mailauth';
  return {
    unwatchedCpuVsBareAuth: cpu('unwatched', bareAuth),
    watchedSqliteCpuVsBareAuth: cpu('watched, SQLite', bareAuth),
    watchedRedisCpuVsBareAuth: cpu('watched, Redis', bareAuth),
    throughputVsBareAuth: speed('watched, Redis', bareAuth),
    throughputVsBare: speed('watched, Redis', 'bare relay'),
    throughputVsHaraka: speed('watched, Redis', 'Haraka'),
    throughputVsRspamd: speed('watched, Redis', 'rspamd'),
  };
}

export function medianOf(all: readonly Figures[]): Figures {
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function table(run: {
  readonly rounds: number;
  readonly count: number;
  readonly sizeBytes: number;
  readonly medians: Readonly<Record<string, Figures>>;
  readonly ratios: Ratios;
}): string {
  const rows = Object.entries(run.medians).map(([name, figures]) =>
    [
      name.padEnd(24),
      figures.perSecond.toFixed(0).padStart(7),
      (figures.cpuMs?.toFixed(2) ?? '').padStart(9),
      figures.p50Ms.toFixed(1).padStart(8),
      figures.p99Ms.toFixed(1).padStart(8),
      (figures.peakBytes === null ? '' : `${Math.round(figures.peakBytes / 1e6)}`).padStart(8),
    ].join(''),
  );
  const ratios = Object.entries(run.ratios).map(
    ([name, value]) => `${name.padEnd(30)} ${value?.toFixed(2) ?? 'not measured: it was not run'}`,
  );
  return [
    `${run.count} messages of ${run.sizeBytes} bytes, median of ${run.rounds} rounds; 1 process each`,
    `${''.padEnd(24)}  msg/s   CPU ms  p50 ms  p99 ms  peak MB`,
    ...rows,
    '',
    ...ratios,
    '',
  ].join('\n');
}
