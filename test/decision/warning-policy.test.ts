import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policySchema } from '../../src/config/policy-schema.ts';
import { effectivePolicy } from '../../src/decision/effective-policy.ts';

const policy = policySchema.parse({
  mode: 'enforce',
  warning: { banner: true, subjectTag: '[Suspicious]' },
  overrides: [
    { for: { recipientDomain: 'de.example' }, set: { warning: { language: 'de' } } },
    {
      for: { recipientDomains: ['quiet.example'] },
      set: { warning: { banner: false, subjectTag: '' } },
    },
  ],
});
const noMail = { alias: null, purpose: null };
const policyFor = (...recipients: readonly string[]) => effectivePolicy(policy, noMail, recipients);
const warningFor = (...recipients: readonly string[]) => policyFor(...recipients).warning;

test('nothing is switched on unless somebody does', () => {
  assert.deepEqual(policySchema.parse({}).warning, {
    banner: false,
    subjectTag: '',
    language: 'auto',
    note: '',
  });
});

test('a domain of its own has what it says, and the rest as for all', () => {
  assert.deepEqual(warningFor('a@DE.example'), {
    banner: true,
    subjectTag: '[Suspicious]',
    language: 'de',
    note: '',
  });
});

test('recipients of one message get what they agree on', () => {
  const mixed = warningFor('a@de.example', 'b@other.example');
  assert.deepEqual([mixed.banner, mixed.language], [true, 'auto']);
  const quiet = warningFor('a@other.example', 'b@quiet.example');
  assert.deepEqual([quiet.banner, quiet.subjectTag], [false, '']);
});

test('recipients who differ in nothing but the warning may still have their mail held', () => {
  assert.equal(policyFor('a@other.example', 'b@quiet.example').mode, 'enforce');
});

test('a tag with control characters and a language that nobody writes are refused', () => {
  for (const warning of [{ subjectTag: 'a\r\nBcc: b' }, { language: 'xx' }]) {
    assert.equal(policySchema.safeParse({ warning }).success, false);
    const overrides = [{ for: { recipient: 'a@b.example' }, set: { warning } }];
    assert.equal(policySchema.safeParse({ overrides }).success, false);
  }
});
