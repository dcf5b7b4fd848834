import { Histogram, type Registry } from 'prom-client';
import { signalIds } from '../features/signals.ts';
import type { Score } from '../score/score.ts';
import { AdmittedLabels } from './admitted-labels.ts';
import { counter } from './instruments.ts';

/** Causes of all rule sets of a process together. */
const maxCauses = 50;
/** From the first second to a week. */
const undetectedBucketsSeconds = [1, 60, 600, 3600, 6 * 3600, 86_400, 3 * 86_400, 7 * 86_400];

/** Why mail was flagged, and how late. */
export function detectionMetrics(registry: Registry) {
  const causes = counter(
    registry,
    'flagged_total',
    'Flagged messages by the attack cause that explains them best',
    'cause',
  );
  const signals = counter(
    registry,
    'flagged_signals_total',
    'Flagged messages by the signal that speaks most against them',
    'signal',
  );
  const undetected = new Histogram({
    name: 'aliaswatch_campaign_undetected_seconds',
    help: 'From the first copy that passed to the first flagged one, per campaign; 0 where none passed',
    buckets: undetectedBucketsSeconds,
    registers: [registry],
  });
  const missed = counter(
    registry,
    'campaign_missed_messages_total',
    'Copies that passed before the first flagged one of their campaign',
  );
  const labels = new AdmittedLabels(maxCauses);
  const signalLabels = [...signalIds, 'condition', 'prior'] as const;
  for (const signal of signalLabels) signals.inc({ signal }, 0);
  causes.inc({ cause: labels.other }, 0);
  return {
    /** Makes the series of causes exist. */
    startCauses: (ids: readonly string[]) => {
      for (const cause of labels.admit(ids)) causes.inc({ cause }, 0);
    },
    flagged: ({ cause, terms }: Score) => {
      causes.inc({ cause: labels.labelOf(cause.id) });
      signals.inc({ signal: terms[0]?.signal ?? 'prior' });
    },
    campaignFound: (undetectedMs: number, copies: number) => {
      undetected.observe(Math.max(0, undetectedMs) / 1000);
      missed.inc(copies);
    },
  };
}
