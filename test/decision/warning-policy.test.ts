import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policySchema } from '../../src/config/policy-schema.ts';
import { warningFor } from '../../src/decision/warning-policy.ts';

const { warning } = policySchema.parse({
  warning: {
    banner: true,
    subjectTag: '[Suspicious]',
    recipientDomains: [
      { domains: ['de.example'], language: 'de' },
      { domains: ['quiet.example'], banner: false, subjectTag: '' },
    ],
  },
});

test('nothing is switched on unless somebody does', () => {
  const off = policySchema.parse({}).warning;
  assert.deepEqual(warningFor(['a@b.example'], off), {
    banner: false,
    subjectTag: '',
    language: 'auto',
    note: '',
  });
});

test('a domain of its own has what it says, and the rest as for all', () => {
  assert.deepEqual(warningFor(['a@DE.example'], warning), {
    banner: true,
    subjectTag: '[Suspicious]',
    language: 'de',
    note: '',
  });
});

test('recipients of one message get what they agree on', () => {
  const mixed = warningFor(['a@de.example', 'b@other.example'], warning);
  assert.deepEqual([mixed.banner, mixed.language], [true, 'auto']);
  const quiet = warningFor(['a@other.example', 'b@quiet.example'], warning);
  assert.deepEqual([quiet.banner, quiet.subjectTag], [false, '']);
});

test('a domain in two entries, and a tag with control characters, are refused', () => {
  const twice = { recipientDomains: [{ domains: ['a.example'] }, { domains: ['a.example'] }] };
  for (const wrong of [twice, { subjectTag: 'a\r\nBcc: b' }, { language: 'xx' }])
    assert.equal(policySchema.safeParse({ warning: wrong }).success, false);
});
