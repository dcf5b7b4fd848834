import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findProblems } from '../../src/config/explain-issue.ts';
import { aliasesFrom, vendorSchema } from '../../src/config/vendor-schema.ts';
import { sentenceHash } from '../../src/features/boilerplate.ts';

function vendorWith(alias: object, pack: object): object {
  const whole = {
    id: 'test',
    addresses: ['*@*.test.example'],
    dkimDomains: ['test.example'],
    confirmed: false,
    pack,
    ...alias,
  };
  return { vendor: 'Test', aliases: [whole] };
}

describe('a pack that cannot be meant', () => {
  const otp = { functions: ['otp'] };
  const cases = [
    {
      name: 'a tenant without a place in the address',
      alias: { actor: 'tenant', addresses: ['*@*.test.example', 'support@test.example'] },
      pack: {},
      says: ['`support@test.example` names no tenant'],
    },
    {
      name: 'a template of a function that is not there',
      pack: { ...otp, templates: [{ function: 'billing', subject: 'Invoice {number}' }] },
      says: ['`billing` is not among the functions'],
    },
    {
      name: 'a template without text of the vendor',
      pack: { ...otp, templates: [{ function: 'otp', subject: '{code} is {name}' }] },
      says: ['`{code} is {name}` has too little text of the vendor to be recognised by'],
    },
    {
      name: 'a slot that is not closed',
      pack: { ...otp, templates: [{ function: 'otp', subject: 'Your code {code' }] },
      says: ['`Your code {code` is not a subject with slots such as `{tenant} verification code`'],
    },
    {
      name: 'two slots with nothing between them',
      pack: { ...otp, templates: [{ function: 'otp', subject: 'Your code {kind}{code}' }] },
      says: ['`Your code {kind}{code}` has two slots in a row: where one ends cannot be told'],
    },
    {
      name: 'a sentence with a slot',
      pack: { boilerplate: ['Thank you, {name}, for your order.'] },
      says: [
        '`Thank you, {name}, for your order.` has a slot: only sentences that are always the same are recognised',
      ],
    },
  ];
  for (const { name, alias = {}, pack, says } of cases)
    test(name, () => {
      const problems = findProblems(vendorSchema, vendorWith(alias, pack));
      assert.deepEqual(
        problems.map(({ message }) => message),
        says,
      );
    });
});

test('boilerplate is loaded as the hashes that a message is compared by', () => {
  const parsed = vendorSchema.parse(
    vendorWith(
      { actor: 'tenant' },
      { boilerplate: ['Please do not reply. Call 555 if in doubt.'] },
    ),
  );
  const [alias] = aliasesFrom(parsed);
  assert.equal(alias?.actor, 'tenant');
  assert.deepEqual(alias.pack?.boilerplate, [
    sentenceHash('Please do not reply.', []),
    sentenceHash('Call 123 if in doubt.', []),
  ]);
});
