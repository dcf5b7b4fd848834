import { percentile, type Figures } from '../figures.ts';
import { cpuSecondsOf, peakBytesOf } from './process-usage.ts';
import { sendLoad, type Load } from './send-load.ts';
import type { Subject } from './subject.ts';

export type TurnLoad = Pick<Load, 'mail' | 'count' | 'sessions' | 'rate'> & {
  /** Processors of taskset(1) for what sends. */
  readonly cpus?: string;
};

/** Sends that to the subject, and tells what it took. */
export async function takeTurn(subject: Subject, load: TurnLoad): Promise<Figures> {
  const { pid, takes } = subject;
  const { cpus = null, ...mail } = load;
  const before = pid === null ? 0 : cpuSecondsOf(pid);
  const { seconds, latenciesMs } = await sendLoad({ ...takes, ...mail }, cpus);
  return {
    perSecond: load.count / seconds,
    cpuMs: pid === null ? null : ((cpuSecondsOf(pid) - before) * 1000) / load.count,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    peakBytes: pid === null ? null : peakBytesOf(pid),
  };
}
