import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeVarints, encodeVarints } from '../../src/baseline/varints.ts';

// DWARF 5, table 7.7, and the borders of a byte, of 32 bits and of what is exact.
const examples: readonly (readonly [number, string])[] = [
  [0, '00'],
  [2, '02'],
  [127, '7f'],
  [128, '8001'],
  [129, '8101'],
  [12_857, 'b964'],
  [0xffff_ffff, 'ffffffff0f'],
  [2 ** 53 - 1, 'ffffffffffffff0f'],
];
for (const [number, hex] of examples) {
  test(`${number} is ${hex}`, () => {
    assert.equal(Buffer.from(encodeVarints([number])).toString('hex'), hex);
    assert.deepEqual(decodeVarints(Buffer.from(hex, 'hex')), [number]);
  });
}

test('any numbers come back', () => {
  const numbers = fc.array(fc.oneof(fc.maxSafeNat(), fc.nat(300)));
  fc.assert(
    fc.property(numbers, (given) => {
      assert.deepEqual(decodeVarints(encodeVarints(given)), given);
    }),
  );
});
