import { subjectNames, type BenchReport, type RatioName } from './bench-report.ts';

/** What a run must show. */
export type Target = {
  readonly what: string;
  /** Null where that was not run. */
  readonly value: number | null;
  readonly unit: '×' | 'ms' | 'MB';
  readonly bound: { readonly atMost: number } | { readonly atLeast: number };
};

/** Pure. */
export function targetsOf({ ratios, latency, memory }: BenchReport): readonly Target[] {
  const ratio = (what: string, name: RatioName, bound: Target['bound']): Target => ({
    ...{ what, value: ratios[name], unit: '×', bound },
  });
  const added = latency?.[subjectNames.redis];
  const steady = memory?.[subjectNames.redis]?.steadyBytes;
  const redis = 'watched mail on Redis';
  return [
    ratio('unwatched mail, CPU to bare relay + mailauth', 'unwatchedCpuVsBareAuth', {
      atMost: 1.15,
    }),
    ratio(`${redis}, CPU to bare relay + mailauth`, 'watchedRedisCpuVsBareAuth', { atMost: 1.8 }),
    ratio('authentication, CPU to mailauth alone', 'authenticateCpuVsMailauth', { atMost: 0.8 }),
    ratio(`${redis}, throughput to Haraka`, 'throughputVsHaraka', { atLeast: 2 }),
    ratio(`${redis}, throughput to rspamd`, 'throughputVsRspamd', { atLeast: 3 }),
    {
      ...{ what: `${redis}, p50 over bare relay at half load`, unit: 'ms', bound: { atMost: 4 } },
      value: added?.addedP50Ms ?? null,
    },
    {
      ...{ what: `${redis}, p99 over bare relay at half load`, unit: 'ms', bound: { atMost: 20 } },
      value: added?.addedP99Ms ?? null,
    },
    ratio('p99 of small mail beside 25 MB a second, to alone', 'smallP99BesideLarge', {
      atMost: 1.3,
    }),
    {
      ...{ what: `${redis}, resident under load`, unit: 'MB', bound: { atMost: 180 } },
      value: steady === undefined ? null : steady / 1e6,
    },
    ratio('two workers to one', 'workersVsOne', { atLeast: 1.6 }),
  ];
}

/** Pure. */
export function isMet({ value, bound }: Target): boolean | null {
  if (value === null) return null;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}
