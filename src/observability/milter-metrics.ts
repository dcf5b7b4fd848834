import type { Registry } from 'prom-client';
import { milterOutcomes } from '../milter/judge-message.ts';
import { milterFaultCauses } from '../milter/milter-fault.ts';
import { counter, summedGauge } from './instruments.ts';

/** Mail servers that ask us by the milter protocol. */
export function milterMetrics(registry: Registry) {
  const metrics = {
    milterSessions: summedGauge(
      registry,
      'milter_sessions',
      'Connections of mail servers that ask by the milter protocol',
    ),
    milterMessages: counter(
      registry,
      'milter_messages_total',
      'Messages that mail servers asked about, by what they were told',
      'outcome',
    ),
    milterFaults: counter(
      registry,
      'milter_faults_total',
      'Connections of mail servers that could not go on; they then do as milter_default_action says',
      'cause',
    ),
  };
  for (const outcome of milterOutcomes) metrics.milterMessages.inc({ outcome }, 0);
  for (const cause of milterFaultCauses) metrics.milterFaults.inc({ cause }, 0);
  return metrics;
}
