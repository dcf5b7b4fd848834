import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../src/smtp/address-bytes.ts';

const cases = [
  { one: '192.0.2.1', other: '::ffff:192.0.2.1', isSame: true },
  { one: '::ffff:192.0.2.1', other: '::ffff:192.0.2.2', isSame: false },
  { one: '2001:db8::1', other: '2001:DB8::ffff:0:2', isSame: true },
  { one: '2001:db8::1', other: '2001:db8:0:1::1', isSame: false },
  { one: 'fe80::1%eth0', other: 'fe80::1', isSame: true },
  { one: '', other: 'nobody', isSame: false },
];

for (const { one, other, isSame } of cases)
  test(`${one || 'nothing'} and ${other} are ${isSame ? '' : 'not '}counted as one`, () => {
    assert.equal(networkOf(one) === networkOf(other), isSame);
  });
