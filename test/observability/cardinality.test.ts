import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Score } from '../../src/score/score.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { recordEvents } from '../../src/observability/record-events.ts';
import { completed, recordedLog } from './samples.ts';

const aliases = ['vendor-billing', 'vendor-codes'];
const causes = ['callback', 'credential'];

async function seriesOf({ registry }: ReturnType<typeof createMetrics>): Promise<number> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).length;
}

/** What a message or its sender could choose, were it ever to become a label. */
const hostile = fc.record({
  alias: fc.option(fc.oneof(fc.string(), fc.constantFrom(...aliases))),
  address: fc.emailAddress(),
  cause: fc.oneof(fc.string(), fc.constantFrom(...causes)),
  condition: fc.string(),
  campaign: fc.string(),
  client: fc.ipV6(),
});

test('whatever mail says, it makes no series: but one for an alias that the rules name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 50 }), async (messages) => {
      const metrics = createMetrics('0.1.0');
      metrics.rulesActivated({
        version: 'a',
        aliases: aliases.map((id) => ({ id })),
        conditions: [{ id: 'refund' }],
        causes: { attack: causes.map((id) => ({ id })) },
      });
      const events = recordEvents(metrics, recordedLog('silent').log);
      const before = await seriesOf(metrics);
      for (const { alias, address, cause, condition, campaign, client } of messages) {
        const { transaction, decision, score } = completed;
        const { envelope, connection } = transaction;
        events.transactionCompleted({
          ...completed,
          alias,
          transaction: {
            ...transaction,
            envelope: { ...envelope, mailFrom: address, rcptTo: [address] },
            connection: { ...connection, clientAddress: client },
          },
          score: { ...(score as Score), cause: { id: cause, title: cause } },
          decision: { ...decision, campaign, conditions: [condition] },
          conditionFailures: [{ condition, error: 'broken' }],
          ruleset: campaign,
        });
        const joined = { ...knownCampaign, id: campaign, aliases: [alias ?? ''] };
        events.campaignSeen({ joined, isFirst: true, newMessages: 1 }, alias ?? '');
        events.messageHeld(campaign, alias ?? '', 1);
        events.failedOpen('bug', new Error(address), campaign);
        events.consoleAnswered(messages.length * 7);
      }
      // `_other` of conditions, campaigns (two) and condition errors; when an alias last wrote.
      const most = before + 4 + aliases.length;
      assert.ok((await seriesOf(metrics)) <= most);
    }),
    { numRuns: 50 },
  );
});

const knownCampaign = {
  by: 'phone',
  keys: [],
  text: [],
  messages: 1,
  lastSeenMs: 0,
  toldMs: 0,
  toldMessages: 0,
} as const;

test('rules that change for ever bring no more than a bounded number of series', async () => {
  const metrics = createMetrics('0.1.0');
  const activate = (from: number, count: number) => {
    const ids = Array.from({ length: count }, (_, index) => ({ id: `id-${from + index}` }));
    metrics.rulesActivated({
      version: String(from),
      aliases: ids,
      conditions: ids,
      causes: { attack: ids },
    });
    metrics.baselinesRead(
      ids.map(({ id }) => ({
        alias: id,
        messages: 1,
        days: 1,
        isMature: true,
        firstLearnedAt: new Date(),
        lastLearnedAt: new Date(),
        lastSeenAt: new Date(),
        usualSilenceDays: 3,
      })),
    );
  };
  activate(0, 600);
  const full = await seriesOf(metrics);
  for (let round = 1; round < 5; round++) activate(round * 600, 600);
  // Of aliases that are gone only the counters stay.
  assert.ok((await seriesOf(metrics)) <= full);
  assert.ok(full < 12_000, `${full} series`);
});
