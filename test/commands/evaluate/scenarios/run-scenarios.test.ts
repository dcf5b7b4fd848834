import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createCatalogue } from '../../../../src/alias/catalogue.ts';
import { splitMbox } from '../../../../src/archive/mbox.ts';
import { poisons } from '../../../../src/commands/evaluate/scenarios/poison-plans.ts';
import { scenarioFigures } from '../../../../src/commands/evaluate/scenarios/scenario-figures.ts';
import {
  runScenarios,
  scenarios,
  type StreamScenarios,
} from '../../../../src/commands/evaluate/scenarios/run-scenarios.ts';
import { createParser, type Stream } from '../../../../src/commands/evaluate/streams.ts';
import { loadRules } from '../../../../src/config/load-rules.ts';
import { createPseudonym } from '../../../../src/features/hash.ts';
import { activate } from '../../../../src/activate-rules.ts';
import { entraAddress, entraHistory, mboxOf } from '../../entra-mail.ts';
import { lureBank } from '../lure-bank.ts';

const loading = await loadRules('rules');
if (!loading.ok) assert.fail('the shipped rules cannot be used');
const rules = activate(loading.rules, { mode: null });

/** Ninety days: dense enough for a history, long enough for forty days of poison. */
function streamOf(): Stream {
  const monthBefore = (months: number) =>
    new Date(Date.UTC(2026, 9, 20) - months * 30 * 86_400_000);
  const mail = [
    ...entraHistory(120, monthBefore(2)),
    ...entraHistory(50, monthBefore(1)),
    ...entraHistory(40, monthBefore(0)),
  ];
  const alias = createCatalogue([], [entraAddress]).find(entraAddress);
  assert.ok(alias);
  return {
    address: entraAddress,
    alias,
    parse: createParser(() => Promise.resolve([])),
    messages: [...splitMbox(Buffer.from(mboxOf(mail)), 'entra.mbox')],
  };
}

function run(stream: Stream, bank: typeof lureBank | null): Promise<StreamScenarios> {
  const pseudonym = createPseudonym(Buffer.alloc(32));
  const drip = poisons.filter(({ id }) => id === 'drip');
  return runScenarios(stream, { rules, pseudonym, bank, poisons: drip, report: () => undefined });
}

let first: StreamScenarios;
before(async () => {
  first = await run(streamOf(), lureBank);
});

test('a second run has the same figures', async () => {
  assert.deepEqual(await run(streamOf(), null), { ...first, poisonings: [] });
});

test('every scenario is played and every figure is a part of its whole', () => {
  const { rows, poisoning } = scenarioFigures([first]);
  assert.deepEqual(
    rows.map(({ scenario }) => scenario),
    scenarios.map(({ id }) => id),
  );
  for (const { scenario, n, tagged, quarantined } of rows) {
    assert.ok(quarantined <= tagged && tagged <= n, scenario);
    if (scenario !== 'bursts') assert.ok(n > 0, scenario);
  }
  const outcome = (id: string) => rows.find(({ scenario }) => scenario === id);
  assert.equal(outcome('replay-burst')?.n, 100);
  assert.ok((outcome('replay-burst')?.tagged ?? 0) > 50);
  assert.equal(outcome('unchanged')?.tagged, 0);
  assert.equal(
    (outcome('forward-new-5')?.n ?? 0) / 5,
    outcome('forward-new-1')?.n,
    'every forwarded message has five copies',
  );
  assert.equal(outcome('seasonal')?.n, 5 * (outcome('unchanged')?.n ?? 0));
  assert.equal(poisoning.length, 12);
  const drip = poisoning.filter(({ poison }) => poison === 'drip');
  for (const { sent, before: clean, after } of drip)
    assert.deepEqual([sent.n, after.n], [40, clean.n]);
  assert.ok(drip.some(({ before: clean }) => clean.tagged > 0));
});

test('a stream that is too short is no background', async () => {
  const stream = streamOf();
  const short = await run({ ...stream, messages: stream.messages.slice(0, 100) }, null);
  assert.deepEqual(short, { scenarios: [], poisonings: [] });
});
