import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Alias, MailFunction, Pack } from '../../src/alias/alias.ts';
import { templateFunctionOf } from '../../src/alias/template-function.ts';
import { alias } from './alias-fixtures.ts';

function withPack(facts: Partial<Pack>): Alias {
  const pack: Pack = {
    linkDomains: [],
    phones: [],
    replyToDomains: [],
    bounceDomains: [],
    open: [],
    closed: [],
    slots: [],
    functions: [],
    templates: [],
    boilerplate: [],
    verifyAt: '',
    ...facts,
  };
  return alias('vendor', ['noreply@vendor.example'], { pack });
}

const several = withPack({
  functions: ['otp', 'share', 'billing'],
  templates: [
    { function: 'otp', subject: '{tenant} account email verification code' },
    { function: 'share', subject: '{name} shared {file} with you' },
    { function: 'share', subject: '{anything} code' },
    { function: 'billing', subject: 'Your receipt from {merchant} #{number}' },
    { function: 'otp', subject: 'Sign in to Vendor' },
  ],
});

describe('templateFunctionOf', () => {
  const cases: readonly (readonly [subject: string, found: MailFunction | null])[] = [
    ['Contoso account email verification code', 'otp'],
    ['CONTOSO  Account email\tverification CODE ', 'otp'],
    ['Cоntoso account email verificatiоn code', 'otp'], // Cyrillic o
    ['Contoso discount code', 'share'],
    ['account email verification code', 'share'], // an empty slot; the shorter template fits
    ['Ann shared plan.pdf with you', 'share'],
    ['Ann shared with you', null],
    ['Ann shared shared x with you with you', 'share'],
    ['Your receipt from ACME #1234-5678', 'billing'],
    ['Your receipt from ACME', null],
    ['Re: Your receipt from ACME #1', null],
    ['Sign in to Vendor', 'otp'],
    ['Sign in to Vendor now', null],
    ['', null],
  ];
  for (const [subject, found] of cases)
    test(`"${subject}" is ${found ?? 'unknown'}`, () =>
      assert.equal(templateFunctionOf(several, subject), found));

  test('an alias with one function needs no template', () => {
    assert.equal(templateFunctionOf(withPack({ functions: ['otp'] }), 'anything'), 'otp');
    assert.equal(templateFunctionOf(withPack({}), 'anything'), null);
    assert.equal(templateFunctionOf(alias('bare', ['a@b.example']), 'anything'), null);
  });

  test('whatever fills the slots, the template is recognised', () => {
    const filling = fc.stringMatching(/^[A-Za-z0-9$ +.,]{0,200}x$/);
    fc.assert(
      fc.property(filling, (tenant) => {
        const subject = `${tenant} account email verification code`;
        assert.equal(templateFunctionOf(several, subject), 'otp');
      }),
    );
  });

  test('a subject made to be slow is not', () => {
    const slow = withPack({
      functions: ['otp', 'share'],
      templates: [{ function: 'otp', subject: `${'{a}aaaaab'.repeat(20)}{b}end` }],
    });
    const startedMs = performance.now();
    for (let round = 0; round < 200; round++) templateFunctionOf(slow, 'a'.repeat(100_000));
    assert.ok(performance.now() - startedMs < 2000);
  });
});
