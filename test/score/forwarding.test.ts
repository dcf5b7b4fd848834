import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import { touchRecord, type ValueRecord } from '../../src/baseline/value-record.ts';
import type { SignalId } from '../../src/features/signals.ts';
import {
  cameForwarded,
  forwardedPrior,
  forwarderValues,
  learnedForwarderValues,
} from '../../src/score/forwarding.ts';
import { compareCauses } from '../../src/score/likelihood.ts';
import type { SignalReading } from '../../src/score/readings.ts';
import { featuresOf } from '../support/messages.ts';

const today = 20_000;
const touch = { table: 'forwarder', value: '', domains: 1, recipients: 1, actors: 1 };

/** Learned from so many messages on each of so many days, matured. */
function learned(messages: number, days: number): ValueRecord {
  let record: ValueRecord | null = null;
  for (let i = 0; i < messages; i++)
    record = touchRecord(record, touch, today - 2 - (days - 1) + (i % days));
  return record!;
}

const shown = (...signals: readonly SignalId[]): readonly SignalReading[] =>
  signals.map((signal) => ({
    signal,
    level: 1,
    rate: 0.001,
    isInnovation: true,
    observed: signal,
    baseline: '',
  }));

const message = await featuresOf(
  {},
  { envelope: { rcptTo: ['eve@site.example', 'jo@site.example'] } },
);

test('a message is asked once per recipient domain, and never by its name', () => {
  const values = forwarderValues(message);
  assert.equal(values.length, 2);
  assert.ok(values.every(({ value }) => !value.includes('site')));
  assert.deepEqual(forwarderValues({ ...message, hasPath: false }), []);
});

test('a forwarder is told by its path and by a recipient or SPF that does not fit', () => {
  assert.equal(cameForwarded(shown('network', 'recipient-mismatch')), true);
  assert.equal(cameForwarded(shown('mail-from', 'spf')), true);
  assert.equal(cameForwarded(shown('network', 'header-order')), false, 'the vendor moved');
  assert.equal(cameForwarded(shown('recipient-mismatch')), false, 'a list or Bcc');
  assert.deepEqual(
    [shown('network', 'spf'), shown('network')].map(
      (signals) => learnedForwarderValues(message, signals).length,
    ),
    [3, 1],
  );
});

const cases = [
  { name: 'nothing is known', any: null, forwards: null, expected: 0.01 },
  {
    name: 'many messages, none forwarded',
    any: learned(5000, 30),
    forwards: null,
    expected: 0.002,
  },
  {
    name: 'one of ten comes forwarded',
    any: learned(1000, 30),
    forwards: learned(100, 20),
    expected: 100.5 / 1050,
  },
  {
    name: 'all come forwarded',
    any: learned(1000, 30),
    forwards: learned(1000, 30),
    expected: 0.3,
  },
  {
    name: 'a replay of two days is no forwarder',
    any: learned(1000, 30),
    forwards: learned(500, 2),
    expected: 0.002,
  },
];
for (const { name, any, forwards, expected } of cases) {
  test(`how often mail comes forwarded: ${name}`, () => {
    const prior = forwardedPrior(message, ({ isForward }) => (isForward ? forwards : any), today);
    assert.ok(Math.abs(prior - expected) < 1e-9, String(prior));
  });
}

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { causes } = loaded.rules;

test('what only looks forwarded is below 8 bits the first time, and ordinary where mail is forwarded', () => {
  const path = shown('network', 'mail-from', 'spf', 'recipient-mismatch').map((reading) => ({
    ...reading,
    rate: 1e-4,
  }));
  const bitsAt = (forwarded: number) =>
    compareCauses(path, causes, { forwarded, redesign: 1 }).bits;
  const first = bitsAt(0.002);
  assert.ok(first < 8, `${first} bits`);
  assert.ok(bitsAt(0.3) < first - 2, `${bitsAt(0.3)} bits`);
});

test('a new layout that replaces the old one is excused, one that comes on top is not', () => {
  const fresh = shown('layout', 'link').map((reading) => ({ ...reading, rate: 1e-4 }));
  const bitsAt = (redesign: number) =>
    compareCauses(fresh, causes, { forwarded: 0.002, redesign }).bits;
  assert.ok(bitsAt(2 ** 9) < bitsAt(1) - 2, `${bitsAt(2 ** 9)} against ${bitsAt(1)}`);
  assert.ok(bitsAt(2 ** -10) > bitsAt(1), `${bitsAt(2 ** -10)} against ${bitsAt(1)}`);
});
