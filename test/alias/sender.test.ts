import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import { identifySender, type Author, type Sender } from '../../src/alias/sender.ts';
import type { AuthenticationResults } from '../../src/authentication/results.ts';
import { alias, results, signature } from './alias-fixtures.ts';

const catalogue = createCatalogue(
  [
    alias('paypal', ['service@paypal.com'], { dkimDomains: ['paypal.com'] }),
    alias('apple', ['noreply@email.apple.com'], { dkimDomains: ['email.apple.com'] }),
    alias('sharer', ['share@vendor.example'], { dkimDomains: ['bulk.example'] }),
    alias('unsigned', ['post@old.example'], { dkimDomains: ['old.example'], spfIsEnough: true }),
    alias('firebase', ['*@*.firebaseapp.com'], { dkimDomains: ['firebaseapp.com'] }),
  ],
  [],
);

function from(...addresses: readonly string[]): Author {
  return { from: addresses.map((address) => ({ address, name: '' })), fromFieldCount: 1 };
}

function named(name: string, address: string): Author {
  return { from: [{ address, name }], fromFieldCount: 1 };
}

type Case = {
  readonly name: string;
  readonly author: Author;
  readonly auth: AuthenticationResults;
  readonly is: string;
  readonly learnable?: boolean;
};

/** `kind`, and the alias where there is one. */
function summary(sender: Sender): string {
  return sender.kind === 'unwatched' ? sender.kind : `${sender.kind} ${sender.alias.id}`;
}

function run(cases: readonly Case[]): void {
  for (const { name, author, auth, is, learnable } of cases) {
    test(name, () => {
      const sender = identifySender(author, auth, catalogue);
      assert.equal(summary(sender), is);
      if (sender.kind === 'alias') assert.equal(sender.learnable, learnable);
      if (sender.kind === 'impersonation' || sender.kind === 'unverified')
        assert.ok(sender.why.length > 10);
    });
  }
}

describe('a watched From address', () => {
  const paypal = from('service@paypal.com');
  run([
    {
      name: 'aligned signature',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'paypal.com', true)], dmarc: 'pass' }),
      is: 'alias paypal',
      learnable: true,
    },
    {
      name: 'subdomain of a listed signer',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'mail.paypal.com')] }),
      is: 'alias paypal',
      learnable: true,
    },
    {
      name: 'listed signer of another organization',
      author: from('share@vendor.example'),
      auth: results({ dkim: [signature('pass', 'bulk.example')] }),
      is: 'alias sharer',
      learnable: true,
    },
    {
      name: 'listed signer while DMARC is none',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'paypal.com')], dmarc: 'none' }),
      is: 'alias paypal',
      learnable: true,
    },
    {
      name: 'listed signer while DMARC is permerror',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'paypal.com')], dmarc: 'permerror' }),
      is: 'alias paypal',
      learnable: true,
    },
    {
      name: 'parent of a listed signer, not aligned',
      author: from('noreply@email.apple.com'),
      auth: results({ dkim: [signature('pass', 'apple.com')] }),
      is: 'impersonation apple',
    },
    {
      name: 'signature of a stranger',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'evil.example')] }),
      is: 'impersonation paypal',
    },
    {
      name: 'name that ends like a listed signer',
      author: paypal,
      auth: results({ dkim: [signature('pass', 'notpaypal.com')] }),
      is: 'impersonation paypal',
    },
    {
      name: 'broken signature',
      author: paypal,
      auth: results({ dkim: [signature('fail', 'paypal.com', true)] }),
      is: 'impersonation paypal',
    },
    {
      name: 'SPF alone is scored, not learned',
      author: paypal,
      auth: results({ spf: ['pass', 'bounce.paypal.com'], dmarc: 'pass' }),
      is: 'alias paypal',
      learnable: false,
    },
    {
      name: 'SPF alone where the pack settles for it',
      author: from('post@old.example'),
      auth: results({ spf: ['pass', 'old.example'], dmarc: 'none' }),
      is: 'alias unsigned',
      learnable: true,
    },
    {
      name: 'SPF of a forwarder',
      author: paypal,
      auth: results({ spf: ['pass', 'forwarder.example'] }),
      is: 'impersonation paypal',
    },
    {
      name: 'related SPF that strict DMARC refuses',
      author: paypal,
      auth: results({ spf: ['pass', 'x.paypal.com'], dmarc: 'fail' }),
      is: 'impersonation paypal',
    },
    {
      name: 'another tenant signs',
      author: from('noreply@good.firebaseapp.com'),
      auth: results({ dkim: [signature('pass', 'evil.firebaseapp.com')] }),
      is: 'impersonation firebase',
    },
    {
      name: 'the platform signs',
      author: from('noreply@good.firebaseapp.com'),
      auth: results({ dkim: [signature('pass', 'firebaseapp.com')], dmarc: 'permerror' }),
      is: 'alias firebase',
      learnable: true,
    },
    { name: 'nothing passes', author: paypal, auth: results({}), is: 'impersonation paypal' },
  ]);
});

describe('what cannot be told', () => {
  const paypal = from('service@paypal.com');
  run([
    {
      name: 'DMARC temperror',
      author: paypal,
      auth: results({ dmarc: 'temperror' }),
      is: 'unverified paypal',
    },
    {
      name: 'DMARC none',
      author: paypal,
      auth: results({ dmarc: 'none' }),
      is: 'unverified paypal',
    },
    {
      name: 'DMARC record broken',
      author: paypal,
      auth: results({ dmarc: 'permerror' }),
      is: 'unverified paypal',
    },
    {
      name: 'DMARC found no single author',
      author: paypal,
      auth: results({ dmarc: 'permerror', dmarcDomain: '' }),
      is: 'impersonation paypal',
    },
    {
      name: 'DMARC pass that we cannot follow',
      author: paypal,
      auth: results({ dmarc: 'pass' }),
      is: 'unverified paypal',
    },
    { name: 'ARC pass', author: paypal, auth: results({ arc: 'pass' }), is: 'unverified paypal' },
    {
      name: 'SPF temperror of its own domain',
      author: paypal,
      auth: results({ spf: ['temperror', 'paypal.com'] }),
      is: 'unverified paypal',
    },
    {
      name: 'SPF temperror of unknown domain',
      author: paypal,
      auth: results({ spf: ['temperror', ''] }),
      is: 'unverified paypal',
    },
    {
      name: 'SPF temperror of a domain the attacker broke',
      author: paypal,
      auth: results({ spf: ['temperror', 'evil.example'] }),
      is: 'impersonation paypal',
    },
    {
      name: 'DKIM temperror of a listed signer',
      author: paypal,
      auth: results({ dkim: [signature('temperror', 'paypal.com')] }),
      is: 'unverified paypal',
    },
    {
      name: 'DKIM temperror of a stranger',
      author: paypal,
      auth: results({ dkim: [signature('temperror', 'evil.example')] }),
      is: 'impersonation paypal',
    },
  ]);
});

describe('several authors', () => {
  const signed = results({ dkim: [signature('pass', 'paypal.com')], dmarc: 'none' });
  const evil = 'boss@evil.example';
  run([
    {
      name: 'watched one proved',
      author: from(evil, 'service@paypal.com'),
      auth: signed,
      is: 'alias paypal',
      learnable: false,
    },
    {
      name: 'watched one not proved, whatever DMARC says',
      author: from(evil, 'service@paypal.com'),
      auth: results({ dmarc: 'none' }),
      is: 'impersonation paypal',
    },
    {
      name: 'two watched, one not proved',
      author: from('service@paypal.com', 'noreply@email.apple.com'),
      auth: signed,
      is: 'impersonation apple',
    },
    {
      name: 'DNS trouble still excuses',
      author: from(evil, 'service@paypal.com'),
      auth: results({ dmarc: 'temperror' }),
      is: 'unverified paypal',
    },
    {
      name: 'two From fields: the signature covers only the last',
      author: { ...from(evil, 'service@paypal.com'), fromFieldCount: 2 },
      auth: signed,
      is: 'impersonation paypal',
    },
    {
      name: 'nobody watched',
      author: from(evil, 'b@evil.example'),
      auth: results({}),
      is: 'unwatched',
    },
    {
      name: 'no author at all',
      author: { from: [], fromFieldCount: 0 },
      auth: results({}),
      is: 'unwatched',
    },
  ]);
});

describe('look-alikes', () => {
  const own = results({ dkim: [signature('pass', 'paypal.com')], dmarc: 'pass' });
  const stranger = results({
    spf: ['pass', 'evil.example'],
    dkim: [signature('pass', 'evil.example', true)],
    dmarc: 'pass',
  });
  run([
    {
      name: 'address in the display name',
      author: named('service@paypal.com', 'x@evil.example'),
      auth: stranger,
      is: 'impersonation paypal',
    },
    {
      name: 'the same through a list with ARC',
      author: named('service@paypal.com via Team', 'team@lists.example'),
      auth: results({ arc: 'pass' }),
      is: 'unverified paypal',
    },
    {
      name: 'the same with DNS trouble',
      author: named('service@paypal.com', 'x@evil.example'),
      auth: results({ dmarc: 'temperror' }),
      is: 'unverified paypal',
    },
    {
      name: 'the vendor itself from another address',
      author: named('service@paypal.com', 'news@mail.paypal.com'),
      auth: own,
      is: 'unwatched',
    },
    {
      name: 'the vendor itself, SPF only',
      author: named('service@paypal.com', 'news@paypal.com'),
      auth: results({ spf: ['pass', 'paypal.com'], dmarc: 'pass' }),
      is: 'unwatched',
    },
    {
      name: 'look-alike domain that authenticates itself',
      author: from('service@paypa1.com'),
      auth: results({ dkim: [signature('pass', 'paypa1.com', true)], dmarc: 'pass' }),
      is: 'impersonation paypal',
    },
    {
      name: 'look-alike domain behind ARC',
      author: from('service@paypa1.com'),
      auth: results({ arc: 'pass' }),
      is: 'impersonation paypal',
    },
    {
      name: 'look-alike in Cyrillic',
      author: from('service@xn--pypal-4ve.com'),
      auth: stranger,
      is: 'impersonation paypal',
    },
    {
      name: 'another address of the vendor',
      author: from('news@paypal.com'),
      auth: results({}),
      is: 'unwatched',
    },
    {
      name: 'brand name alone is nobody',
      author: named('PayPal', 'x@evil.example'),
      auth: stranger,
      is: 'unwatched',
    },
    {
      name: 'second author imitates',
      author: from('a@b.example', 'service@paypa1.com'),
      auth: stranger,
      is: 'impersonation paypal',
    },
  ]);
});
