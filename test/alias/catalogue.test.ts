import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import { alias } from './alias-fixtures.ts';

const catalogue = createCatalogue(
  [
    alias('exact', ['dse@docusign.net']),
    alias('vendor', ['*@docusign.net']),
    alias('tenants', ['*@*.zendesk.com']),
    alias('tenant', ['*@acme.zendesk.com']),
    alias('deep', ['*@*.eu.zendesk.com']),
    alias('billing', ['billing@*.zendesk.com']),
    alias('fullwidth', ['service@paypal.com']),
    alias('regional', ['service@paypal.co.uk', 'service@paypal.com.br']),
  ],
  ['dse@docusign.net', 'hr@docusign.net', '*@*.example.co.uk'],
);

describe('find', () => {
  const cases = [
    { address: 'dse@docusign.net', id: 'exact', why: 'exact beats pattern' },
    { address: 'DSE@DocuSign.NET', id: 'exact', why: 'case does not matter' },
    { address: 'dse@docusign.net.', id: 'exact', why: 'final dot' },
    { address: 'other@docusign.net', id: 'vendor', why: 'pattern' },
    {
      address: 'hr@docusign.net',
      id: 'hr-docusign-net',
      why: 'watched address beats a pack pattern',
    },
    {
      address: 'x@sub.docusign.net',
      id: null,
      why: 'a pattern without leading labels is one domain',
    },
    { address: 'x@some.zendesk.com', id: 'tenants', why: 'leading label' },
    { address: 'x@a.b.zendesk.com', id: 'tenants', why: 'several leading labels' },
    { address: 'x@zendesk.com', id: null, why: 'leading labels are at least one' },
    { address: 'x@notzendesk.com', id: null, why: 'labels are whole' },
    { address: 'x@acme.zendesk.com', id: 'tenant', why: 'longer pattern beats shorter' },
    {
      address: 'x@a.eu.zendesk.com',
      id: 'deep',
      why: 'longer pattern beats shorter, both with labels',
    },
    { address: 'billing@some.zendesk.com', id: 'billing', why: 'local part with leading labels' },
    { address: 'billing@acme.zendesk.com', id: 'billing', why: 'the longer pattern, again' },
    { address: 'service@paypal.com.br', id: 'regional', why: 'one alias, several addresses' },
    {
      address: 'service@ｐａｙｐａｌ.com',
      id: 'fullwidth',
      why: 'software maps full-width letters (UTS 46)',
    },
    { address: 'x@a.example.co.uk', id: 'any-any-example-co-uk', why: 'watched pattern' },
    { address: 'x@example.co.uk', id: null, why: 'watched pattern needs a label too' },
    { address: '', id: null, why: 'nothing' },
    { address: '@docusign.net', id: null, why: 'no local part' },
    { address: 'docusign.net', id: null, why: 'no address' },
    { address: 'a@b@docusign.net', id: 'vendor', why: 'the last @ counts' },
    { address: `${'a'.repeat(400)}@docusign.net`, id: null, why: 'longer than an address can be' },
    { address: '*@docusign.net', id: 'vendor', why: 'an address that looks like a pattern' },
  ];
  for (const { address, id, why } of cases) {
    test(`${address.slice(0, 40) || 'empty'}: ${why}`, () =>
      assert.equal(catalogue.find(address)?.id ?? null, id));
  }
});

describe('watched without a pack', () => {
  test('an address that a pack names is not added twice', () => {
    assert.equal(catalogue.aliases.length, 10);
  });

  test('signs with its organizational domain and has no pack', () => {
    const [watched] = createCatalogue([], ['*@*.mail.example.co.uk']).aliases;
    assert.deepEqual(watched, {
      id: 'any-any-mail-example-co-uk',
      vendor: 'example.co.uk',
      addresses: ['*@*.mail.example.co.uk'],
      dkimDomains: ['example.co.uk'],
      spfIsEnough: false,
      actor: 'slots',
      pack: null,
    });
  });

  test('slugs that collide stay apart, each of them stable', () => {
    const ids = createCatalogue(
      [alias('a-b-x-example', ['z@z.example'])],
      ['a.b@x.example', 'a-b@x.example'],
    ).aliases.map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
    assert.match(ids[1] ?? '', /^a-b-x-example-[0-9a-f]{8}$/);
    const again = createCatalogue([alias('a-b-x-example', ['z@z.example'])], ['a.b@x.example'])
      .aliases[1];
    assert.equal(again?.id, ids[1]);
  });

  test('a slug is a slug whatever the address', () => {
    const [watched] = createCatalogue(
      [],
      [`${'a.'.repeat(31)}a+b@${'c'.repeat(60)}.example`],
    ).aliases;
    assert.match(watched?.id ?? '', /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok((watched?.id.length ?? 99) <= 69);
  });
});
