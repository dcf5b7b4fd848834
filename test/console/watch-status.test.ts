import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchStatus } from '../../src/console/watch-status.ts';
import type { CompletedTransaction, Events } from '../../src/observability/events.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-03-05T06:30:00.000Z');

test('what passes by is remembered, and passes on', () => {
  const clock = { nowMs: startMs };
  const passed: string[] = [];
  const note = (name: string) => () => void passed.push(name);
  const events = {
    transactionCompleted: note('mail'),
    breakerOpened: note('opened'),
    breakerClosed: note('closed'),
    budgetUsed: note('budget'),
  } as unknown as Events;
  const watched = watchStatus(events, () => new Date(clock.nowMs));
  const mail = (verdict: string, effectiveAction: string) =>
    watched.events.transactionCompleted({
      decision: { verdict, effectiveAction },
    } as unknown as CompletedTransaction);
  assert.deepEqual(watched.read(), {
    breaker: null,
    budgets: { tag: null, quarantine: null },
    traffic: [],
  });
  mail('clean', 'pass');
  mail('clean', 'pass');
  clock.nowMs += hourMs;
  mail('anomalous', 'quarantine');
  watched.events.budgetUsed('tag', 0.5);
  watched.events.breakerOpened({ atMs: startMs, cause: 'signal', reason: 'we broke' });
  const { traffic, ...rest } = watched.read();
  assert.deepEqual(traffic, [
    { hour: '2026-03-05T06:00:00.000Z', verdicts: { clean: 2 }, actions: { pass: 2 } },
    { hour: '2026-03-05T07:00:00.000Z', verdicts: { anomalous: 1 }, actions: { quarantine: 1 } },
  ]);
  assert.deepEqual(rest, {
    breaker: { cause: 'signal', reason: 'we broke', openedAt: '2026-03-05T06:30:00.000Z' },
    budgets: { tag: 0.5, quarantine: null },
  });
  watched.events.breakerClosed('signal');
  assert.equal(watched.read().breaker, null);
  clock.nowMs += 48 * hourMs;
  assert.deepEqual(watched.read().traffic, [], 'two days are kept');
  assert.deepEqual(passed, ['mail', 'mail', 'mail', 'budget', 'opened', 'closed']);
});
