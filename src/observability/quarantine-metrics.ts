import { Gauge, type Registry } from 'prom-client';
import type { IndexTotals } from '../quarantine/quarantine-index.ts';
import type { HeldState } from '../quarantine/quarantine.ts';
import type { Swept } from '../quarantine/sweep.ts';
import { counter, gauge, summedGauge } from './instruments.ts';

// `satisfies` over Record keeps these complete when a union grows.
const states = Object.keys({ held: 0, released: 0, deleted: 0 } satisfies Record<
  HeldState,
  0
>) as readonly HeldState[];
const sweptOutcomes = Object.keys({
  noticed: 0,
  released: 0,
  binned: 0,
  deleted: 0,
  purged: 0,
  failed: 0,
} satisfies Record<Exclude<keyof Swept, 'failure'>, 0>) as readonly Exclude<
  keyof Swept,
  'failure'
>[];

/** What a quarantine holds by now. */
export type QuarantineFill = {
  readonly totals: () => Promise<IndexTotals>;
  /** On the disk; null where it was not measured yet. */
  readonly bytes: () => number | null;
  /** What it may take; null where nothing bounds it. */
  readonly limitBytes: number | null;
  readonly unindexed: () => number;
};

/** Whether mail can be held, how much of it waits, and what becomes of what nobody decided about. */
export function quarantineMetrics(registry: Registry) {
  let fill: QuarantineFill | null = null;
  const messages: Gauge<'state'> = new Gauge({
    name: 'aliaswatch_quarantine_messages',
    help: 'Messages in the quarantine, of all nodes that share an index',
    labelNames: ['state'],
    aggregator: 'max',
    registers: [registry],
    collect: async () => {
      if (fill === null) return;
      diskBytes.set(fill.bytes() ?? 0);
      limit.set(fill.limitBytes ?? 0);
      unindexed.set(fill.unindexed());
      // An index that does not answer keeps its last figures; that it is silent has a counter.
      const totals = await fill.totals().catch(() => null);
      if (totals === null) return;
      for (const state of states) messages.set({ state }, totals.messages[state]);
      const since = totals.oldestHeldAt;
      oldest.set(since === null ? 0 : Math.max(0, Date.now() - since) / 1000);
    },
  });
  const oldest = gauge(
    registry,
    'quarantine_oldest_held_seconds',
    'How long the oldest message waits for a decision; 0 when none does',
  );
  const diskBytes = gauge(
    registry,
    'quarantine_disk_bytes',
    'What the quarantine of this node takes on the disk, as last measured',
  );
  const limit = gauge(
    registry,
    'quarantine_limit_bytes',
    'What the quarantine of this node may take (maxQuarantineBytes); 0 without a limit',
  );
  const unindexed = summedGauge(
    registry,
    'quarantine_unindexed',
    'Changes that the index was not told of yet',
  );
  const quarantineSwept = counter(
    registry,
    'quarantine_swept_total',
    'Messages whose time was over, by what became of them',
    'outcome',
  );
  for (const outcome of sweptOutcomes) quarantineSwept.inc({ outcome }, 0);
  for (const state of states) messages.set({ state }, 0);
  return {
    quarantineHeld: counter(registry, 'quarantine_held_total', 'Messages held'),
    quarantineBytes: counter(registry, 'quarantine_bytes_total', 'Bytes of messages held'),
    quarantineFailed: counter(
      registry,
      'quarantine_failed_total',
      'Messages that could not be held',
    ),
    quarantineIndexFailed: counter(
      registry,
      'quarantine_index_failed_total',
      'Times that the index could not be told or asked',
    ),
    quarantineSweepsFailed: counter(
      registry,
      'quarantine_sweeps_failed_total',
      'Sweeps of the quarantine that broke off',
    ),
    countSwept: (swept: Swept) => {
      for (const outcome of sweptOutcomes) quarantineSwept.inc({ outcome }, swept[outcome]);
    },
    /** Says where the gauges come from. */
    measureQuarantine: (source: QuarantineFill) => {
      fill = source;
    },
  };
}
