import type { Registry } from 'prom-client';
import { counter, gauge } from './instruments.ts';

/** Scored mail that is kept to try other rules on. */
export function vectorMetrics(registry: Registry) {
  const kept = gauge(
    registry,
    'vectors_kept',
    'Scored messages that rules backtest can try other rules on',
  );
  return {
    vectorsKept: { set: (total: number) => kept.set(total) },
    vectorsLost: counter(
      registry,
      'vectors_lost_total',
      'Scored messages that could not be kept for rules backtest',
    ),
  };
}
