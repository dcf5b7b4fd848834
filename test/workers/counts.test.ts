import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregateMetrics } from '../../src/observability/aggregate-metrics.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { CountsOfWorkers } from '../../src/workers/counts-of-workers.ts';

const patient = { timeout: 60_000 };

async function snapshotOf(messages: number) {
  const { registry, transactions } = createMetrics('1');
  transactions.inc({ verdict: 'clean', action: 'pass' }, messages);
  return registry.getMetricsAsJSON();
}

async function messagesIn({ snapshots }: CountsOfWorkers): Promise<number> {
  const text = await aggregateMetrics([[], ...snapshots]).metrics();
  const series = 'aliaswatch_transactions_total{verdict="clean",action="pass"} ';
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(series))
      ?.slice(series.length),
  );
}

test(
  'two scrapes at the same time share one answer, and neither waits in vain',
  patient,
  async () => {
    const counts = new CountsOfWorkers(600_000);
    let asked = 0;
    const scrapes = [1, 2].map(() => counts.measure(1, () => asked++));
    counts.measured(1, await snapshotOf(3));
    await Promise.all(scrapes);
    assert.equal(asked, 1);
    assert.equal(await messagesIn(counts), 3);
    const later = counts.measure(1, () => asked++);
    counts.measured(1, await snapshotOf(4));
    await later;
    assert.equal(asked, 2);
    assert.equal(await messagesIn(counts), 4);
  },
);

test('workers that end during a scrape are counted once, whichever moment is looked at', async () => {
  const counts = new CountsOfWorkers();
  for (const pid of [1, 2, 3]) counts.measured(pid, await snapshotOf(pid));
  assert.equal(await messagesIn(counts), 6);
  // Both within one turn: adding up takes longer.
  counts.gone(1);
  counts.gone(2);
  assert.equal(counts.snapshots.length, 3);
  assert.equal(await messagesIn(counts), 6);
  await new Promise(setImmediate);
  assert.equal(counts.snapshots.length, 2);
  assert.equal(await messagesIn(counts), 6);
});

test('a scrape waits neither for a worker that is gone nor for long', patient, async () => {
  const counts = new CountsOfWorkers(600_000);
  const waiting = counts.measure(1, () => undefined);
  counts.gone(1);
  await waiting;
  assert.deepEqual(counts.snapshots, []);
  const busy = new CountsOfWorkers(1);
  busy.measured(1, await snapshotOf(5));
  await busy.measure(1, () => undefined);
  assert.equal(await messagesIn(busy), 5);
});
