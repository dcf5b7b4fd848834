import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { warningKinds, warningOutcomes } from '../action/warning/warning-outcome.ts';
import type { Verdict } from '../decision/decision.ts';
import { failureCauses } from '../decision/policy.ts';
import type { Action } from '../decision/policy.ts';
import { partKinds } from '../message/attachments/part-kind.ts';
import { partOutcomes } from '../message/attachments/part-outcome.ts';
import { duplicateCauses, limitReasons } from '../smtp/limits.ts';
import { alertMetrics } from './alert-metrics.ts';
import { auditMetrics } from './audit-metrics.ts';
import { baselineMetrics } from './baseline-metrics.ts';
import { conditionMetrics } from './condition-metrics.ts';
import { consoleMetrics } from './console-metrics.ts';
import { detectionMetrics } from './detection-metrics.ts';
import type { Stage } from './events.ts';
import { counter, gauge, leastGauge } from './instruments.ts';
import { milterMetrics } from './milter-metrics.ts';
import { noticeMetrics } from './notice-metrics.ts';
import { organizationMetrics } from './organization-metrics.ts';
import { quarantineMetrics } from './quarantine-metrics.ts';
import { reviewMetrics } from './review-metrics.ts';
import { ruleMetrics } from './rule-metrics.ts';
import { siteMetrics } from './site-metrics.ts';
import { smtpMetrics } from './smtp-metrics.ts';
import { vectorMetrics } from './vector-metrics.ts';
import { workerMetrics } from './worker-metrics.ts';

// `satisfies` over Record keeps these complete when a union grows.
const verdicts = Object.keys({
  unwatched: 0,
  clean: 0,
  suspicious: 0,
  anomalous: 0,
  learning: 0,
  impersonation: 0,
  unverified: 0,
  unavailable: 0,
} satisfies Record<Verdict, 0>);
const watchedVerdicts = verdicts.filter((verdict) => verdict !== 'unwatched');
const actions = ['pass', 'tag', 'quarantine', 'defer', 'reject'] as const satisfies Action[];
const stages = Object.keys({
  parse: 0,
  authenticate: 0,
  features: 0,
  observe: 0,
  score: 0,
  deliver: 0,
  commit: 0,
} satisfies Record<Stage, 0>);
export const replyClasses = ['2xx', '4xx', '5xx'] as const;

/** From half a millisecond (parsing) to the deadline of an analysis and the wait for a next hop. */
const durationBucketsSeconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
];

/** Gauges of prom-client that end in `_total`, which only a counter may (Prometheus naming rules). */
const misnamedDefaults = ['handles', 'requests', 'resources'].map(
  (name) => `aliaswatch_nodejs_active_${name}_total`,
);

/** Where one process is slow, its mail is: the worst counts, of which prom-client would take the mean. */
const worstCounts = ['', '_p90', '_p99'].map(
  (which) => `aliaswatch_nodejs_eventloop_lag${which}_seconds`,
);

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Everything `/metrics` shows, in a registry of its own. Labels come from closed sets, and every series exists, as 0,
 * before its first event.
 */
export function createMetrics(version: string) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'aliaswatch_' });
  for (const name of misnamedDefaults) registry.removeSingleMetric(name);
  for (const name of worstCounts)
    Object.assign(registry.getSingleMetric(name) ?? {}, { aggregator: 'max' });
  gauge(registry, 'build_info', 'Always 1, for the running version', 'version').set({ version }, 1);
  const alerts = alertMetrics(registry, actions);
  const conditions = conditionMetrics(registry);
  const detection = detectionMetrics(registry);
  const rules = ruleMetrics(registry, {
    verdicts: watchedVerdicts,
    startCampaigns: alerts.startCampaigns,
    startConditions: conditions.startConditions,
    startCauses: detection.startCauses,
  });
  return {
    registry,
    ...alerts,
    ...conditions,
    ...messageMetrics(registry),
    ...quarantineMetrics(registry),
    ...detection,
    ...rules,
    ...baselineMetrics(registry, (alias) => (rules.hasLabel(alias) ? alias : null)),
    ...smtpMetrics(registry),
    ...siteMetrics(registry),
    ...organizationMetrics(registry),
    ...noticeMetrics(registry),
    ...reviewMetrics(registry),
    ...vectorMetrics(registry),
    ...workerMetrics(registry),
    ...milterMetrics(registry),
    ...auditMetrics(registry),
    ...consoleMetrics(registry),
  };
}

function messageMetrics(registry: Registry) {
  const metrics = {
    /** `action` is what the mode did. */
    transactions: counter(
      registry,
      'transactions_total',
      'Messages by verdict and by what the mode did with them',
      'verdict',
      'action',
    ),
    smtpReplies: counter(registry, 'smtp_replies_total', 'Final replies to clients', 'class'),
    failOpen: counter(
      registry,
      'fail_open_total',
      'Messages that could not be judged, by what failed; they went on, or were deferred',
      'cause',
    ),
    smtpRefused: counter(
      registry,
      'smtp_refused_total',
      'Connections, commands and messages that a limit of ours refused',
      'reason',
    ),
    duplicateRisk: counter(
      registry,
      'duplicate_risk_total',
      'Messages that the client may send again although the next hop has them',
      'cause',
    ),
    openRelaySuspected: gauge(
      registry,
      'open_relay_suspected',
      '1 if a next hop took a foreign recipient from a stranger through us when we started',
    ),
    attachments: counter(
      registry,
      'attachments_total',
      "Calendars, PDFs and images in watched aliases' mail, by what came of reading them",
      'kind',
      'outcome',
    ),
    warnings: counter(
      registry,
      'warnings_total',
      'Tagged messages that were to get a subject tag, a banner or an ARC set, by what came of it',
      'kind',
      'outcome',
    ),
    lessonsLost: counter(registry, 'lessons_lost_total', 'Delivered messages not learned'),
    priorFitAliases: gauge(
      registry,
      'prior_fit_aliases',
      'Aliases whose history the priors were last fitted to',
    ),
    priorFitTimestamp: leastGauge(
      registry,
      'prior_fit_timestamp_seconds',
      'When the baselines were last read and the priors fitted, Unix time; 0 before the first time',
    ),
    stageDuration: new Histogram({
      name: 'aliaswatch_stage_duration_seconds',
      help: 'Time a stage of the flow took per message; observe and commit are the store',
      labelNames: ['stage'],
      buckets: durationBucketsSeconds,
      registers: [registry],
    }),
  };
  for (const verdict of verdicts) {
    for (const action of actions) metrics.transactions.inc({ verdict, action }, 0);
  }
  for (const replyClass of replyClasses) metrics.smtpReplies.inc({ class: replyClass }, 0);
  for (const cause of failureCauses) metrics.failOpen.inc({ cause }, 0);
  for (const reason of limitReasons) metrics.smtpRefused.inc({ reason }, 0);
  for (const cause of duplicateCauses) metrics.duplicateRisk.inc({ cause }, 0);
  for (const kind of partKinds) {
    for (const outcome of partOutcomes) metrics.attachments.inc({ kind, outcome }, 0);
  }
  for (const kind of warningKinds) {
    for (const outcome of warningOutcomes[kind]) metrics.warnings.inc({ kind, outcome }, 0);
  }
  for (const stage of stages) metrics.stageDuration.zero({ stage });
  return metrics;
}
