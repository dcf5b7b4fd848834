import { ratiosOf, subjectNames as names, type BenchReport } from './bench-report.ts';
import { mediansOf, type Figures } from './figures.ts';
import { stageNames } from './parts/stages.ts';

const turn = (perSecond: number, cpuMs: number | null): Figures => ({
  ...{ perSecond, cpuMs, p50Ms: 5, p99Ms: 20, peakBytes: cpuMs === null ? null : 3e8 },
});

/** A run with made-up figures, everything measured but SpamAssassin, which is not installed. */
export function sampleReport(): BenchReport {
  const samples = new Map([
    [names.sink, [turn(9000, null)]],
    [names.bare, [turn(3000, 0.5)]],
    [names.bareAuth, [turn(1000, 1)]],
    [names.unwatched, [turn(900, 1.1)]],
    [names.sqlite, [turn(500, 2.5)]],
    [names.redis, [turn(600, 2)]],
    [names.haraka, [turn(400, 3)]],
    [names.rspamd, [turn(150, 6)]],
  ]);
  const throughput = mediansOf(samples);
  const ours = [names.unwatched, names.sqlite, names.redis];
  const ofOurs = <Value>(value: Value) => Object.fromEntries(ours.map((name) => [name, value]));
  const added = { perSecond: 300, p50Ms: 4, p99Ms: 20, addedP50Ms: 3, addedP99Ms: 15 };
  const disturbed = { perSecond: 300, aloneP99Ms: 20, besideLargeP99Ms: 30, ratio: 1.5 };
  const others = {
    interference: { [names.redis]: disturbed, [names.bare]: { ...disturbed, ratio: 1.1 } },
    workers: {
      ...{ workers: 2, places: { one: '0', many: '0-1', load: '2', share: null }, ratio: 1.75 },
      ...{ one: turn(600, 2), many: turn(1050, 2.1) },
    },
    soak: null,
    stages: {
      messageBytes: 30_000,
      figures: stageNames.map((stage) => ({ stage, cpuMs: 1, ratioToMailparser: 2 })),
    },
  };
  return {
    at: '2026-03-01T10:00:00.000Z',
    machine: { cpu: 'Some CPU (TM)', cores: 2, node: '24.21.0' },
    program: 'built',
    settings: { rounds: 5, messages: 2000, bytes: 5000, sessions: 50 },
    throughput,
    sizes: { 50_000: throughput, 2_000_000: throughput, 25_000_000: throughput },
    latency: ofOurs(added),
    memory: ofOurs({ idleBytes: 1e8, steadyBytes: 1.7e8, peakBytes: 2e8 }),
    ...others,
    failed: [],
    ratios: ratiosOf(samples, others),
  };
}
