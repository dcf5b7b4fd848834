import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import type { Mode, Policy } from '../../src/decision/policy.ts';
import {
  maySharePolicy,
  policyFor,
  recipientMode,
  withMode,
} from '../../src/decision/recipient-mode.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const policy: Policy = {
  ...loaded.rules.policy,
  mode: 'tag',
  recipientDomains: [
    { domains: ['held.example', 'xn--bcher-kva.example'], mode: 'enforce' },
    { domains: ['quiet.example', 'still.example'], mode: 'shadow' },
  ],
};

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
