import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignalId } from '../../src/features/signals.ts';
import type { CauseTable } from '../../src/score/causes.ts';
import { bitsOfReading, compareCauses } from '../../src/score/likelihood.ts';
import type { SignalReading } from '../../src/score/readings.ts';

/** One attack that looks like a forward, and two benign causes that have nothing to do with each other. */
const table: CauseTable = {
  signals: {} as CauseTable['signals'],
  attack: [{ id: 'replay', title: 'replay', weight: 1, chances: { spf: 0.8, phone: 0.9 } }],
  benign: [
    { id: 'steady', title: 'steady', prior: null, chances: {} },
    { id: 'forwarded', title: 'forwarded', prior: 0.01, chances: { spf: 0.8 } },
    { id: 'redesign', title: 'redesign', prior: 0.001, chances: { layout: 0.8 } },
  ],
};

function readingsOf(...shown: readonly SignalId[]): readonly SignalReading[] {
  return (['spf', 'layout', 'phone'] as const).map((signal) => ({
    signal,
    level: shown.includes(signal) ? 1 : 0,
    rate: 1e-4,
    isInnovation: shown.includes(signal),
    observed: signal,
    baseline: '',
  }));
}

test('a forward in the week of a redesign is explained by both at once', () => {
  const { bits, benign } = compareCauses(readingsOf('spf', 'layout'), table);
  assert.deepEqual(
    benign.cause.causes.map(({ id }) => id),
    ['forwarded', 'redesign'],
  );
  assert.ok(benign.cause.prior === 0.01 * 0.001);
  const forwardAlone = compareCauses(readingsOf('spf'), table).bits;
  assert.ok(Math.abs(bits - forwardAlone) < 0.5, `${bits} against ${forwardAlone}`);
});

test('what the attack adds is measured against the same world without it', () => {
  const readings = readingsOf('spf', 'layout', 'phone');
  const { attack, twin } = compareCauses(readings, table);
  assert.equal(twin.cause, attack.cause.world);
  const added = readings.map(
    (reading, index) => bitsOfReading(reading, index, attack) - bitsOfReading(reading, index, twin),
  );
  const [, layout = NaN, phone = NaN] = added;
  assert.ok(Math.abs(layout) < 0.01, 'the redesign explains the layout with and without an attack');
  assert.ok(phone > 13, `${phone} bits for the phone number`);
});
