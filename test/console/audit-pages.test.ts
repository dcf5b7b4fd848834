import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordedAct } from '../../src/audit/read-audit.ts';
import { pageAudit } from '../../src/console/audit-pages.ts';

const startMs = Date.parse('2026-03-05T06:00:00.000Z');

/** Newest first; several may stand in one millisecond. */
function log(offsetsMs: readonly number[]): readonly RecordedAct[] {
  return [...offsetsMs]
    .sort((left, right) => right - left)
    .map((offsetMs, index) => ({
      id: `mx-0a1b2c3d-1:${offsetsMs.length - index}`,
      at: new Date(startMs + offsetMs).toISOString(),
      act: 'held',
      actor: { kind: 'proxy', name: 'mx', via: 'message' },
      subject: '',
      reason: '',
      facts: {},
      personal: {},
    }));
}

function readerOf(records: readonly RecordedAct[]) {
  return pageAudit({
    list: ({ until }, limit) =>
      Promise.resolve(
        records.filter(({ at }) => until === undefined || at < until).slice(0, limit),
      ),
  });
}

test('pages after one another are the whole log, each line once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      async (offsets, limit) => {
        const records = log(offsets);
        const reader = readerOf(records);
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof reader.read>> = await reader.read({
            limit,
            ...(after === null ? {} : { after }),
          });
          assert.ok(page.entries.length <= limit);
          seen.push(...page.entries.map(({ id }) => id));
          after = page.next;
        } while (after !== null && seen.length <= records.length);
        assert.deepEqual(
          seen,
          records.map(({ id }) => id),
        );
      },
    ),
  );
});

test('an `after` that we never gave is an empty page', async () => {
  const reader = readerOf(log([1, 2, 3]));
  for (const after of ['x', '../../etc/passwd', ' ', 'NaN id'])
    assert.deepEqual(await reader.read({ limit: 5, after }), { entries: [], next: null });
});
