import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLookAlikes, domainSkeleton } from '../../src/alias/look-alike.ts';
import { alias } from './alias-fixtures.ts';

const lookAlikes = createLookAlikes([
  alias('paypal', ['service@paypal.com']),
  alias('google', ['no-reply@accounts.google.com']),
  alias('microsoft', ['invites@microsoft.com']),
  alias('wetransfer', ['noreply@wetransfer.com']),
  alias('tenants', ['*@*.zendesk.com']),
]);

describe('domain skeleton', () => {
  const pairs = [
    ['paypa1.com', 'paypal.com'],
    ['g00gle.com', 'google.com'],
    ['rnicrosoft.com', 'microsoft.com'],
    ['vvetransfer.com', 'wetransfer.com'],
    ['раураl.com', 'paypal.com'], // Cyrillic р а у р а
    ['xn--pypal-4ve.com', 'paypal.com'], // the same trick as an A-label
    ['ｐａｙｐａｌ.com', 'paypal.com'],
    ['gοοgle.com', 'google.com'], // Greek omicron
  ] as const;
  for (const [fake, real] of pairs) {
    test(`${fake} looks like ${real}`, () =>
      assert.equal(domainSkeleton(fake), domainSkeleton(real)));
  }
  test('other names do not', () =>
    assert.notEqual(domainSkeleton('paypol.com'), domainSkeleton('paypal.com')));
});

describe('imitated domain', () => {
  const cases = [
    { domain: 'paypa1.com', id: 'paypal' },
    { domain: 'mail.paypa1.com', id: 'paypal' },
    { domain: 'accounts.g00gle.com', id: 'google' },
    { domain: 'mail.g00gle.com', id: 'google' },
    { domain: 'acme.zendesk.com', id: null },
    { domain: 'acme.zenclesk.com', id: null },
    { domain: 'paypal.com', id: null },
    { domain: 'mail.paypal.com', id: null },
    { domain: 'paypal.net', id: null },
    { domain: 'example.com', id: null },
    { domain: '', id: null },
  ];
  for (const { domain, id } of cases) {
    test(`${domain || 'none'} → ${id ?? 'none'}`, () =>
      assert.equal(lookAlikes.imitated(domain)?.id ?? null, id));
  }
});

describe('address in a display name', () => {
  const cases = [
    { name: 'service@paypal.com', id: 'paypal' },
    { name: 'PayPal (Service@PayPal.com)', id: 'paypal' },
    { name: 'service via paypal.com', id: 'paypal' },
    { name: 'service (at) paypal dot com', id: 'paypal' },
    { name: 'service @ paypal.com', id: 'paypal' },
    { name: 'ѕervice@paypal.com', id: 'paypal' }, // Cyrillic ѕ
    { name: 'serv\u200Bice@paypal.com', id: 'paypal' },
    { name: 'no-reply@accounts.google.com', id: 'google' },
    { name: 'PayPal', id: null },
    { name: 'customer-service@paypal.com', id: null },
    { name: 'service@paypal.com.evil.example', id: null },
    { name: 'Anna via Docusign', id: null },
    { name: 'x@acme.zendesk.com', id: null },
    { name: '', id: null },
  ];
  for (const { name, id } of cases) {
    test(`${name || 'none'} → ${id ?? 'none'}`, () =>
      assert.equal(lookAlikes.named(name)?.id ?? null, id));
  }
  test('hostile length costs nothing', { timeout: 2000 }, () => {
    assert.equal(lookAlikes.named('a '.repeat(1_000_000)), null);
    assert.equal(lookAlikes.named('a@'.repeat(1_000_000)), null);
    assert.equal(lookAlikes.named(' '.repeat(1_000_000)), null);
  });
});
