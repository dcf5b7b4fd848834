import { ratioOf, type Figures, type Samples } from './figures.ts';
import type { Interference } from './parts/interference.ts';
import type { AddedLatency } from './parts/latency.ts';
import type { Memory } from './parts/memory.ts';
import type { Soak } from './parts/soak.ts';
import type { StageFigures, StageName } from './parts/stages.ts';
import type { Workers } from './parts/workers.ts';

/** What subjects are called in the JSON and with `--subjects`, which is why none has a comma; tables say it in more words. */
export const subjectNames = {
  sink: 'sink alone',
  bare: 'bare relay',
  bareAuth: 'bare relay + mailauth',
  unwatched: 'unwatched',
  sqlite: 'watched on SQLite',
  redis: 'watched on Redis',
  haraka: 'Haraka',
  rspamd: 'rspamd',
  spamassassin: 'SpamAssassin',
} as const;

type ByName<Value> = Readonly<Record<string, Value>>;

/** Null: that part was not run, or failed. */
export type BenchReport = {
  /** ISO 8601. */
  readonly at: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly program: 'built' | 'source';
  readonly settings: {
    readonly rounds: number;
    readonly messages: number;
    readonly bytes: number;
    readonly sessions: number;
  };
  readonly throughput: ByName<Figures> | null;
  /** By the length of a message in bytes. */
  readonly sizes: ByName<ByName<Figures>> | null;
  readonly latency: ByName<AddedLatency> | null;
  readonly interference: ByName<Interference> | null;
  readonly memory: ByName<Memory> | null;
  readonly workers: Workers | null;
  readonly soak: Soak | null;
  readonly stages: StageFigures | null;
  readonly ratios: Ratios;
  /** What was asked for and came to nothing. */
  readonly failed: readonly string[];
};

export type Ratios = Readonly<Record<RatioName, number | null>>;
export type RatioName =
  | 'unwatchedCpuVsBareAuth'
  | 'watchedSqliteCpuVsBareAuth'
  | 'watchedRedisCpuVsBareAuth'
  | 'throughputVsBare'
  | 'throughputVsBareAuth'
  | 'throughputVsHaraka'
  | 'throughputVsRspamd'
  | 'throughputVsSpamassassin'
  | 'smallP99BesideLarge'
  | 'authenticateCpuVsMailauth'
  | 'workersVsOne'
  | 'soakLastVsFirst';

/** Null where one of the two was not run. Pure. */
export function ratiosOf(
  samples: Samples,
  others: Pick<BenchReport, 'interference' | 'workers' | 'soak' | 'stages'>,
): Ratios {
  const { bare, bareAuth, unwatched, sqlite, redis, haraka, rspamd, spamassassin } = subjectNames;
  const cpu = (name: string) => ratioOf(samples, [name, bareAuth], ({ cpuMs }) => cpuMs);
  const speed = (to: string) => ratioOf(samples, [redis, to], ({ perSecond }) => perSecond);
  const stage = (name: StageName) =>
    others.stages?.figures.find((figures) => figures.stage === name)?.cpuMs ?? NaN;
  return {
    unwatchedCpuVsBareAuth: cpu(unwatched),
    watchedSqliteCpuVsBareAuth: cpu(sqlite),
    watchedRedisCpuVsBareAuth: cpu(redis),
    throughputVsBare: speed(bare),
    throughputVsBareAuth: speed(bareAuth),
    throughputVsHaraka: speed(haraka),
    throughputVsRspamd: speed(rspamd),
    throughputVsSpamassassin: speed(spamassassin),
    smallP99BesideLarge: others.interference?.[redis]?.ratio ?? null,
    authenticateCpuVsMailauth: stage('authenticate, 5 KB') / stage('mailauth alone, 5 KB') || null,
    workersVsOne: others.workers?.ratio ?? null,
    soakLastVsFirst: others.soak?.ratio ?? null,
  };
}
