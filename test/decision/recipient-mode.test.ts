import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import type { PolicyOverride } from '../../src/decision/policy-override.ts';
import type { Mode, Policy } from '../../src/decision/policy.ts';
import { policySchema } from '../../src/config/policy-schema.ts';
import { effectivePolicy } from '../../src/decision/effective-policy.ts';
import { maySharePolicy, withMode } from '../../src/decision/recipient-mode.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const policy: Policy = {
  ...loaded.rules.policy,
  mode: 'tag',
  overrides: [
    ofDomains(['held.example', 'xn--bcher-kva.example'], 'enforce'),
    ofDomains(['quiet.example', 'still.example'], 'shadow'),
  ],
};

function ofDomains(domains: readonly string[], mode: Mode): PolicyOverride {
  return { for: { recipientDomain: new Set(domains) }, set: { mode } };
}

function policyFor(recipients: readonly string[], given: Policy): Policy {
  return effectivePolicy(given, { alias: null, purpose: null }, recipients);
}

function recipientMode(recipient: string, given: Policy): Mode {
  return policyFor([recipient], given).mode;
}

describe('mode of a recipient', () => {
  const cases: readonly (readonly [recipient: string, mode: Mode])[] = [
    ['jo@held.example', 'enforce'],
    ['Jo@HELD.Example.', 'enforce'],
    ['jo@sub.held.example', 'tag'],
    ['jo@bücher.example', 'enforce'],
    ['"a@quiet.example"@held.example', 'enforce'],
    ['jo@still.example', 'shadow'],
    ['jo@elsewhere.example', 'tag'],
    ['postmaster', 'tag'],
  ];
  for (const [recipient, mode] of cases)
    test(recipient, () => assert.equal(recipientMode(recipient, policy), mode));
});

describe('recipients in one transaction', () => {
  const cases: readonly {
    readonly first: string;
    readonly candidate: string;
    readonly may: boolean;
  }[] = [
    { first: 'a@held.example', candidate: 'b@held.example', may: true },
    { first: 'a@held.example', candidate: 'b@elsewhere.example', may: false },
    { first: 'a@quiet.example', candidate: 'b@held.example', may: false },
    { first: 'a@quiet.example', candidate: 'b@elsewhere.example', may: true },
    { first: 'postmaster', candidate: 'b@held.example', may: false },
  ];
  for (const { first, candidate, may } of cases) {
    test(`${first} and ${candidate}: ${may ? 'yes' : 'no'}`, () => {
      assert.equal(maySharePolicy(first, candidate, policy), may);
    });
  }
  test('all may where nothing is enforced', () => {
    const tagged = withMode(policy, 'tag');
    assert.equal(maySharePolicy('a@held.example', 'b@quiet.example', tagged), true);
  });
});

describe('recipients with more than a mode of their own', () => {
  const floor = (floorBits: number) => ({ quarantine: { floorBits } });
  const jo = 'jo@held.example';
  const cases: readonly {
    readonly name: string;
    readonly overrides: readonly unknown[];
    readonly may: boolean;
  }[] = [
    {
      name: 'another threshold',
      overrides: [{ for: { recipient: jo }, set: floor(20) }],
      may: false,
    },
    {
      name: 'the threshold that all have',
      overrides: [{ for: { recipient: jo }, set: floor(12) }],
      may: true,
    },
    {
      name: 'that, where an alias has another: of its mail they would differ',
      overrides: [
        { for: { recipient: jo }, set: floor(12) },
        { for: { alias: 'a' }, set: floor(15) },
      ],
      may: false,
    },
    {
      name: 'another warning',
      overrides: [{ for: { recipient: jo }, set: { warning: { banner: true } } }],
      may: true,
    },
    {
      name: 'another threshold for one alias',
      overrides: [{ for: { recipient: jo, alias: 'a' }, set: floor(20) }],
      may: false,
    },
    {
      name: 'the same for one alias, of two entries',
      overrides: [
        { for: { recipient: jo, alias: 'a' }, set: floor(20) },
        { for: { recipient: 'al@held.example', alias: 'a' }, set: floor(20) },
      ],
      may: true,
    },
    {
      name: 'the same by address and by domain, with an entry for one alias in between',
      overrides: [
        { for: { recipient: jo }, set: floor(14) },
        { for: { recipientDomain: 'held.example' }, set: floor(14) },
        { for: { recipientDomain: 'held.example', alias: 'a' }, set: floor(20) },
      ],
      may: false,
    },
    {
      name: 'no ceiling, where all have one',
      overrides: [{ for: { recipient: jo }, set: { limits: { alias: null } } }],
      may: false,
    },
  ];
  const limits = { alias: { perHour: 9, action: 'defer' } };
  for (const { name, overrides, may } of cases) {
    test(`${name}: ${may ? 'yes' : 'no'}`, () => {
      const enforced = policySchema.parse({ mode: 'enforce', limits, overrides });
      const mayShare = (given: Policy) => [
        maySharePolicy(jo, 'al@held.example', given),
        maySharePolicy('al@held.example', jo, given),
      ];
      assert.deepEqual(mayShare(enforced), [may, may]);
      assert.deepEqual(mayShare(withMode(enforced, 'tag')), [true, true], 'nothing is held');
    });
  }
});

describe('mode of a transaction: tag for all where its recipients differ', () => {
  const cases: readonly (readonly [recipients: readonly string[], mode: Mode])[] = [
    [['a@held.example', 'b@held.example'], 'enforce'],
    [['a@held.example', 'b@elsewhere.example'], 'tag'],
    [['a@held.example', 'b@quiet.example'], 'tag'],
    [['a@held.example', 'b@elsewhere.example', 'c@quiet.example'], 'tag'],
    [['a@elsewhere.example', 'b@still.example'], 'tag'],
    [['a@still.example', 'b@elsewhere.example'], 'tag'],
    [['a@quiet.example', 'b@still.example'], 'shadow'],
    [['a@elsewhere.example'], 'tag'],
    [[], 'tag'],
  ];
  for (const [recipients, mode] of cases)
    test(`${recipients.join(', ') || 'nobody'}: ${mode}`, () =>
      assert.equal(policyFor(recipients, policy).mode, mode));
});

describe('a mode from outside the rules', () => {
  const cases: readonly { readonly mode: Mode; readonly held: Mode; readonly quiet: Mode }[] = [
    { mode: 'shadow', held: 'shadow', quiet: 'shadow' },
    { mode: 'tag', held: 'tag', quiet: 'shadow' },
    { mode: 'enforce', held: 'enforce', quiet: 'shadow' },
  ];
  for (const { mode, held, quiet } of cases) {
    test(`${mode} is the most that is done`, () => {
      const overridden = withMode(policy, mode);
      assert.equal(recipientMode('a@held.example', overridden), held);
      assert.equal(recipientMode('a@quiet.example', overridden), quiet);
      assert.equal(recipientMode('a@elsewhere.example', overridden), mode);
    });
  }
});
