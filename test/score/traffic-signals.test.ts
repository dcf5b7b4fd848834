import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { counterNames, historyOf } from '../../src/baseline/history.ts';
import {
  actorBurstReading,
  countBin,
  newActorsReading,
  rampReading,
  volumeReading,
} from '../../src/score/traffic-signals.ts';

/** An alias whose every message counted as many in its hour. */
function historyWith(name: string, counts: readonly number[]) {
  const counters: Record<string, number> = { n: counts.length };
  for (const count of counts) {
    const bin = counterNames.bin(name, countBin(count));
    counters[bin] = (counters[bin] ?? 0) + 1;
  }
  return historyOf({ version: '', days: 60, firstDay: 1, counters, daily: [] });
}

const batches = Array.from({ length: 500 }, (_, i) => 1 + (i % 16));

test('volume has levels above 1.5, 3 and 6 times the own tail', () => {
  const history = historyWith('volume', batches);
  const level = (count: number) => volumeReading(count, history).level;
  assert.deepEqual([16, 27, 28, 54, 55, 108, 109].map(level), [0, 0, 1, 1, 2, 2, 3]);
});

test('an alias that never sent two in an hour may send four', () => {
  const history = historyWith(
    'volume',
    Array.from({ length: 200 }, () => 1),
  );
  assert.deepEqual(
    [4, 5, 9, 10].map((count) => volumeReading(count, history).level),
    [0, 1, 1, 2],
  );
});

test('without history nothing is above it', () => {
  assert.equal(volumeReading(10_000, historyWith('volume', [])).level, 0);
});

const tenant = {
  actorHourMessages: 1,
  actorHourRecipients: 1,
  actorIsNew: true,
  newActorsThisHour: 40,
};

test('many new tenants in an hour are loud, for what a new tenant wrote', () => {
  const history = historyWith(
    'new-actors',
    Array.from({ length: 300 }, (_, i) => i % 4),
  );
  const loud = newActorsReading(tenant, history);
  assert.equal(loud.level, 3);
  assert.match(loud.shown(), /one of 40 new senders .* in an hour, usually at most 4/);
  assert.equal(newActorsReading({ ...tenant, actorIsNew: false }, history).level, 0);
  assert.equal(newActorsReading({ ...tenant, newActorsThisHour: 4 }, history).level, 0);
});

test('a new actor that reaches many recipients is a burst, a known one is not', () => {
  const level = (actorHourRecipients: number, actorIsNew = true) =>
    actorBurstReading({ ...tenant, actorHourRecipients, actorIsNew }).level;
  assert.deepEqual(
    [1, 3, 4, 8, 16, 32].map((count) => level(count)),
    [0, 0, 1, 2, 3, 3],
  );
  assert.equal(level(32, false), 0);
});

test('a ramp has levels at 10 and 20 bits', () => {
  const reading = (bits: number) => rampReading({ bits, days: 9, times: 2.04 });
  assert.deepEqual(
    [9.9, 10, 20].map((bits) => reading(bits).level),
    [0, 1, 2],
  );
  assert.equal(reading(10).shown(), '2.0 times the usual mail a day for 9 days');
});

test('more mail is never a lower level', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 100 }),
      fc.nat({ max: 5000 }),
      (counts, count) => {
        const history = historyWith('volume', counts);
        assert.ok(volumeReading(count, history).level <= volumeReading(count + 1, history).level);
      },
    ),
  );
});
