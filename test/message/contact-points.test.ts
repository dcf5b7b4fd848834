import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contactPointsOf } from '../../src/message/contact-points.ts';
import { foldText } from '../../src/message/fold.ts';

const cases = [
  { text: 'Reach Support Desk at 802 538 3069 to CanceI', expected: ['+18025383069'] },
  { text: 'Reach Support Desk at 8O2 538 3O69', expected: ['+18025383069'] },
  { text: 'Call 802⋅538⋅3069', expected: ['+18025383069'] },
  { text: 'call ８０２-５３８-３０６９', expected: ['+18025383069'] },
  { text: 'dial 8025383069 now', expected: ['+18025383069'] },
  { text: 'toll free: +1 (888) 221-1161', expected: ['+18882211161'] },
  { text: '(402) 935-2050', expected: ['+14029352050'] },
  { text: 'Tel. +49 30 901820', expected: ['+4930901820'] },
  { text: 'your order 8025383069 was shipped', expected: [] },
  { text: 'invoice 2026-11-22 of 1,234.56', expected: [] },
  { text: 'code 123456 expires', expected: [] },
  { text: 'version 10.20.30.40', expected: [] },
  { text: 'commit 9f8e7d6c5b4a39281706f5e4d3c2b1a098765432', expected: [] },
  {
    text: 'pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
    expected: ['1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
  },
  { text: 'pay to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3', expected: [] },
  {
    text: '0x52908400098527886E0F7030069857D2E4169EE7',
    expected: ['0x52908400098527886E0F7030069857D2E4169EE7'],
  },
];
for (const { text, expected } of cases) {
  test(`contact points of "${text}"`, () =>
    assert.deepEqual(
      contactPointsOf(foldText(text)).map(({ value }) => value),
      expected,
    ));
}

test('hostile text neither throws nor takes long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 500 }),
      (text) => contactPointsOf(foldText(text)).length <= 80,
    ),
  );
  const started = performance.now();
  contactPointsOf('1-'.repeat(100_000));
  contactPointsOf('call '.repeat(40_000));
  assert.ok(performance.now() - started < 5000, 'more than linear');
});
