import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregateMetrics, RetiredCounts } from '../../src/observability/aggregate-metrics.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';

const snapshotOf = ({ registry }: Metrics) => registry.getMetricsAsJSON();

/** Samples of the leading process and workers together. */
async function together(...all: readonly Parameters<typeof aggregateMetrics>[0][number][]) {
  const text = await aggregateMetrics(all).metrics();
  return (series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length),
    );
}

function worker(messages: number): Metrics {
  const metrics = createMetrics('1');
  metrics.transactions.inc({ verdict: 'clean', action: 'pass' }, messages);
  for (let nth = 0; nth < messages; nth++)
    metrics.stageDuration.observe({ stage: 'score' }, nth % 2 === 0 ? 0.004 : 0.4);
  metrics.measureFrontHop({
    ...{ sessions: () => messages, spoolBytes: () => 10, maxSessions: 500, maxSpoolBytes: 1000 },
  });
  return metrics;
}

const clean = 'aliaswatch_transactions_total{verdict="clean",action="pass"}';

test('what was counted adds up, and each gauge comes together as it says', async () => {
  const leader = createMetrics('1');
  leader.budgetUsed.set({ budget: 'tag' }, 0.5);
  leader.workers.set(3, 2);
  leader.auditHead({ sequence: 7, hash: 'ff'.repeat(32) });
  const busy = worker(4);
  busy.auditHead({ sequence: 100, hash: 'ee'.repeat(32) });
  const value = await together(
    await snapshotOf(leader),
    await snapshotOf(busy),
    await snapshotOf(worker(2)),
  );
  assert.equal(value(clean), 6);
  assert.equal(value('aliaswatch_stage_duration_seconds_count{stage="score"}'), 6);
  assert.equal(value('aliaswatch_stage_duration_seconds_bucket{le="0.005",stage="score"}'), 3);
  assert.equal(value('aliaswatch_smtp_sessions'), 6);
  assert.equal(value('aliaswatch_smtp_sessions_limit'), 500);
  assert.equal(value('aliaswatch_spool_limit_bytes'), 2000);
  assert.equal(value('aliaswatch_budget_used_ratio{budget="tag"}'), 0.5);
  assert.equal(value('aliaswatch_build_info{version="1"}'), 1);
  assert.equal(value('aliaswatch_workers{state="wanted"}'), 3);
  assert.equal(value('aliaswatch_workers{state="serving"}'), 2);
  assert.equal(value('aliaswatch_audit_head_sequence'), 7, 'each chain stands alone');
});

test('every metric of one process is there for several', async () => {
  const one = createMetrics('1');
  const names = (text: string) => text.match(/^# TYPE \S+/gm)?.toSorted();
  const several = aggregateMetrics([await snapshotOf(one), await snapshotOf(worker(1))]);
  assert.deepEqual(names(await several.metrics()), names(await one.registry.metrics()));
});

test('what a worker counted outlives it, and what it had does not', async () => {
  const retired = new RetiredCounts();
  await retired.add(await snapshotOf(worker(3)));
  await retired.add(await snapshotOf(worker(4)));
  const leader = await snapshotOf(createMetrics('1'));
  const value = await together(leader, await snapshotOf(worker(1)), ...retired.counts);
  assert.equal(value(clean), 8);
  assert.equal(value('aliaswatch_stage_duration_seconds_count{stage="score"}'), 8);
  assert.equal(value('aliaswatch_smtp_sessions'), 1);
});
