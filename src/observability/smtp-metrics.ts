import { Gauge, Histogram, type Registry } from 'prom-client';
import { nextHopOutcomes, nextHopStages } from '../smtp/next-hop-outcome.ts';
import { counter, gauge, summedGauge } from './instruments.ts';

/** What the front hop has in hand by now. */
export type FrontHopLoad = {
  readonly sessions: () => number;
  readonly spoolBytes: () => number;
  /** How much there may be. */
  readonly maxSessions: number;
  readonly maxSpoolBytes: number;
};

/** From mail without a delay that anybody would see to a client that gives up (RFC 5321 §4.5.3.2.6: ten minutes). */
const durationBucketsSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

/** How full we are, and whether the next hop takes what we bring. */
export function smtpMetrics(registry: Registry) {
  let load: FrontHopLoad | null = null;
  const sessions: Gauge = new Gauge({
    name: 'aliaswatch_smtp_sessions',
    help: 'Open sessions of clients',
    aggregator: 'sum',
    registers: [registry],
    collect: () => {
      sessions.set(load?.sessions() ?? 0);
      sessionsLimit.set(load?.maxSessions ?? 0);
      spool.set(load?.spoolBytes() ?? 0);
      spoolLimit.set(load?.maxSpoolBytes ?? 0);
    },
  });
  const sessionsLimit = gauge(
    registry,
    'smtp_sessions_limit',
    'Sessions of clients that there may be (maxSessions)',
  );
  const spool = summedGauge(registry, 'spool_bytes', 'Bytes of large messages under way, on disk');
  const spoolLimit = summedGauge(
    registry,
    'spool_limit_bytes',
    'Bytes that the spool may take (maxSpoolBytes)',
  );
  const nextHopReplies = counter(
    registry,
    'next_hop_replies_total',
    'Steps with the next hop by its answer; lost: it was not reached, broke off or said nothing',
    'stage',
    'class',
  );
  for (const stage of nextHopStages)
    for (const outcome of nextHopOutcomes) nextHopReplies.inc({ stage, class: outcome }, 0);
  return {
    nextHopReplies,
    transactionDuration: new Histogram({
      name: 'aliaswatch_transaction_duration_seconds',
      help: 'From the end of a message to our reply',
      buckets: durationBucketsSeconds,
      registers: [registry],
    }),
    /** Says where the gauges come from. */
    measureFrontHop: (source: FrontHopLoad) => {
      load = source;
    },
  };
}
