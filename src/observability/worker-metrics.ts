import type { Registry } from 'prom-client';
import { counter, gauge } from './instruments.ts';

/** The processes that take mail; one that does everything is one of them. */
export function workerMetrics(registry: Registry) {
  const workers = gauge(
    registry,
    'workers',
    'Processes that take mail: those that there should be (wanted), and those that do (serving)',
    'state',
  );
  workers.set({ state: 'wanted' }, 1);
  workers.set({ state: 'serving' }, 1);
  return {
    workers: {
      set: (wanted: number, serving: number) => {
        workers.set({ state: 'wanted' }, wanted);
        workers.set({ state: 'serving' }, serving);
      },
    },
    workerRestarts: counter(
      registry,
      'worker_restarts_total',
      'Worker processes that ended by themselves and were started again',
    ),
  };
}
