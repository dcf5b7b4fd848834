import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin } from '../../src/alias/is-within.ts';
import { organizationalDomain } from '../../src/authentication/alignment.ts';

const organizations = [
  { host: 'accounts.google.com', is: 'google.com' },
  { host: 'PayPal.com.', is: 'paypal.com' },
  { host: 'mail.paypal.co.uk', is: 'paypal.co.uk' },
  { host: 'a.b.tenant.firebaseapp.com', is: 'tenant.firebaseapp.com' },
  { host: 'firebaseapp.com', is: 'firebaseapp.com' },
  { host: 'co.uk', is: 'co.uk' },
  { host: '192.0.2.7', is: '192.0.2.7' },
  { host: 'localhost', is: 'localhost' },
  { host: '', is: '' },
];
for (const { host, is } of organizations) {
  test(`organization of ${host || 'nothing'}`, () => assert.equal(organizationalDomain(host), is));
}

test('a name longer than DNS allows is cut, not searched', () => {
  assert.ok(organizationalDomain('a.'.repeat(500_000)).length <= 254);
});

const nestings = [
  { host: 'id.apple.com', parent: 'apple.com', is: true },
  { host: 'apple.com', parent: 'apple.com', is: true },
  { host: 'pineapple.com', parent: 'apple.com', is: false },
  { host: 'apple.com', parent: 'id.apple.com', is: false },
  { host: 'stranger.firebaseapp.com', parent: 'firebaseapp.com', is: false },
];
for (const { host, parent, is } of nestings) {
  test(`${host} ${is ? 'is' : 'is not'} within ${parent}`, () =>
    assert.equal(isWithin(host, parent), is));
}
