import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tenantOf } from '../../src/alias/tenant.ts';
import { alias } from './alias-fixtures.ts';

const tickets = alias('tickets', ['*@*.zendesk.com', 'support@*.mail.zendesk.com'], {
  actor: 'tenant',
});
const letters = alias('letters', ['*@substack.com'], { actor: 'tenant' });
const slots = alias('slots', ['*@*.zendesk.com']);

describe('tenantOf', () => {
  const cases = [
    { of: tickets, address: 'support@acme.zendesk.com', tenant: 'acme' },
    { of: tickets, address: 'Support@ACME.Zendesk.com.', tenant: 'acme' },
    { of: tickets, address: 'x@eu.acme.zendesk.com', tenant: 'eu.acme' },
    { of: tickets, address: 'support@acme.mail.zendesk.com', tenant: 'acme' },
    { of: tickets, address: 'other@acme.mail.zendesk.com', tenant: 'acme.mail' },
    { of: tickets, address: 'support@zendesk.com', tenant: null },
    { of: tickets, address: 'support@acmezendesk.com', tenant: null },
    { of: tickets, address: 'support@acme.zendesk.com.evil.example', tenant: null },
    { of: tickets, address: 'no address', tenant: null },
    { of: letters, address: 'acme@substack.com', tenant: 'acme' },
    { of: letters, address: 'Store+123@substack.com', tenant: 'store+123' },
    { of: letters, address: 'acme@mg1.substack.com', tenant: null },
    { of: slots, address: 'support@acme.zendesk.com', tenant: null },
  ] as const;
  for (const { of, address, tenant } of cases)
    test(`${address} (${of.id}) is ${tenant ?? 'nobody'}`, () =>
      assert.equal(tenantOf(of, address), tenant));

  test('whatever the labels, one tenant keeps one name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), fc.emailAddress(), (label, mail) => {
        const local = mail.slice(0, mail.indexOf('@'));
        assert.equal(tenantOf(tickets, `${local}@${label}.zendesk.com`), label);
      }),
    );
  });
});
