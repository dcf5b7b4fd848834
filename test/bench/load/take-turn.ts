import { percentile, type Figures } from '../figures.ts';
import { cpuSecondsOf, peakBytesOf } from './process-usage.ts';
import { sendLoad, type Load } from './send-load.ts';
import type { Subject } from './subject.ts';

export type TurnLoad = Pick<Load, 'mail' | 'count' | 'sessions' | 'rate'> & {
  /** Processors of taskset(1) for what sends. */
  readonly cpus?: string;
};

/** What passes unscored is done faster than what is scored: of a turn with more of it nothing may be said. */
const mostUnscored = 0.01;

/**
 * Sends that to the subject, and tells what it took.
 * @throws Error where a gateway let more than a hundredth of it pass unscored.
 */
export async function takeTurn(subject: Subject, load: TurnLoad): Promise<Figures> {
  const { pid, takes, unscored = () => Promise.resolve(0) } = subject;
  const { cpus = null, ...mail } = load;
  const unscoredBefore = await unscored();
  const before = pid === null ? 0 : cpuSecondsOf(pid);
  const { seconds, latenciesMs } = await sendLoad({ ...takes, ...mail }, cpus);
  const cpuSeconds = pid === null ? null : cpuSecondsOf(pid) - before;
  const passed = (await unscored()) - unscoredBefore;
  if (passed > mostUnscored * load.count)
    throw new Error(`${subject.name}: ${passed} of ${load.count} messages passed unscored`);
  return {
    perSecond: load.count / seconds,
    cpuMs: cpuSeconds === null ? null : (cpuSeconds * 1000) / load.count,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    peakBytes: pid === null ? null : peakBytesOf(pid),
  };
}
