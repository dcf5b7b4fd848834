import type { Events } from './events.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { neverThrowing } from './never-throwing.ts';

type WorkerEvents = Pick<Events, Extract<keyof Events, `worker${string}`>>;

/** What becomes of worker processes, as counters and log lines. */
export function recordWorkerEvents(metrics: Metrics, log: Log): WorkerEvents {
  return {
    workersServing: neverThrowing((wanted, serving) => metrics.workers.set(wanted, serving)),
    workerEnded: neverThrowing(({ restartsInMs, ...ended }) => {
      metrics.workerRestarts.inc();
      log.error(
        { ...ended, restartsInMs },
        'a worker ended: clients that it had will come again, and it is started again',
      );
    }),
    workerFailed: neverThrowing((worker, error) => log.error({ worker, error }, 'worker failed')),
  };
}
