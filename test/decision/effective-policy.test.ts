import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { policySchema } from '../../src/config/policy-schema.ts';
import { effectivePolicy, type MailOf } from '../../src/decision/effective-policy.ts';
import {
  leavesOf,
  selectorKinds,
  type PolicyOverride,
  type SelectorKind,
} from '../../src/decision/policy-override.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { alias, policy } from './samples.ts';

const mail: MailOf = { alias: alias(null), purpose: 'otp' };

function resolve(given: Policy, recipients: readonly string[] = [], of: MailOf = mail): Policy {
  return effectivePolicy(given, of, recipients);
}

function withOverrides(overrides: unknown): Policy {
  return policySchema.parse({ mode: 'enforce', overrides });
}

/** Names that the message has, and one that it does not. */
const names: Readonly<Record<SelectorKind, readonly string[]>> = {
  vendor: ['v', 'w'],
  alias: ['a', 'b'],
  function: ['otp', 'billing'],
  recipientDomain: ['x.example', 'y.example'],
  recipient: ['jo@x.example', 'al@x.example'],
};

const someOf = (kind: SelectorKind) =>
  fc.uniqueArray(fc.constantFrom(...names[kind]), { minLength: 1 }).map((all) => new Set(all));
const someNames = fc.record(
  {
    vendor: someOf('vendor'),
    alias: someOf('alias'),
    function: someOf('function'),
    recipientDomain: someOf('recipientDomain'),
    recipient: someOf('recipient'),
  },
  { requiredKeys: [] },
);
const someSettings = fc.record(
  {
    mode: fc.constantFrom('shadow', 'tag', 'enforce'),
    tag: fc.record({ floorBits: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] }),
    quarantine: fc.record(
      {
        floorBits: fc.integer({ min: 10, max: 20 }),
        minDays: fc.integer({ min: 0, max: 9 }),
        contactPoint: fc.record({ minDays: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
    limits: fc.record(
      {
        alias: fc.constantFrom(null, { perHour: 5, action: 'tag' }),
        actor: fc.constantFrom(null, { perHour: 7, action: 'defer' }),
      },
      { requiredKeys: [] },
    ),
    warning: fc.record(
      { banner: fc.boolean(), note: fc.constantFrom('', 'x') },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const someOverrides = fc.array(fc.record({ for: someNames, set: someSettings }), { maxLength: 12 });

/** Precedence as docs/rules.md states it, in the plainest words there are. */
function expectedOf(overrides: readonly PolicyOverride[], path: string): unknown {
  const isMeant = ({ for: selectors }: PolicyOverride) =>
    selectorKinds.every((kind) => selectors[kind]?.has(names[kind][0] ?? '') ?? true);
  const weight = { vendor: 1, alias: 2, function: 4, recipientDomain: 8, recipient: 16 };
  const rank = ({ for: selectors }: PolicyOverride) =>
    Object.keys(selectors).reduce((sum, kind) => sum + weight[kind as SelectorKind], 0);
  return overrides
    .map((override, index) => ({ override, index }))
    .filter(({ override }) => isMeant(override) && leavesOf(override.set).has(path))
    .sort((left, right) => rank(left.override) - rank(right.override) || left.index - right.index)
    .map(({ override }) => leavesOf(override.set).get(path))
    .at(-1);
}

test('every value is that of the last matching entry, sorted by rank and then by place', () => {
  const general = leavesOf(policySchema.parse({}));
  fc.assert(
    fc.property(someOverrides, (drawn) => {
      const overrides = drawn as readonly PolicyOverride[];
      const resolved = leavesOf(
        resolve({ ...policySchema.parse({}), overrides }, ['Jo@X.example']),
      );
      for (const [path, value] of general) {
        const expected = expectedOf(overrides, path);
        assert.deepEqual(resolved.get(path), expected === undefined ? value : expected, path);
      }
    }),
  );
});

test('without overrides the policy is what it was, not even a copy', () => {
  assert.equal(resolve(policy, ['jo@x.example']), policy);
});

describe('who is meant', () => {
  const floorFor = (selectors: object, recipients: readonly string[], of: MailOf = mail) =>
    resolve(
      withOverrides([{ for: selectors, set: { quarantine: { floorBits: 30 } } }]),
      recipients,
      of,
    ).quarantine.floorBits;
  const cases: readonly (readonly [object, readonly string[], number])[] = [
    [{ vendor: 'V' }, [], 30],
    [{ vendors: ['other', 'v'] }, [], 30],
    [{ alias: 'a', function: 'otp' }, [], 30],
    [{ alias: 'a', function: 'billing' }, [], 12],
    [{ recipient: 'jo@x.example' }, ['JO@X.Example.'], 30],
    [{ recipient: 'jo@x.example' }, ['"jo"@x.example'], 30],
    [{ recipient: 'jo@x.example' }, ['"j\\o"@x.example'], 30],
    [{ recipient: 'jo@x.example' }, ['jo+news@x.example'], 12],
    [{ recipientDomain: 'x.example' }, ['jo@sub.x.example'], 12],
    [{ recipientDomain: 'xn--bcher-kva.example' }, ['jo@bücher.example'], 30],
    [{ recipientDomain: 'x.example' }, ['postmaster'], 12],
    [{ recipient: 'jo@x.example', alias: 'b' }, ['jo@x.example'], 12],
  ];
  for (const [selectors, recipients, floor] of cases)
    test(`${JSON.stringify(selectors)} and ${recipients.join(', ')}: ${floor}`, () =>
      assert.equal(floorFor(selectors, recipients), floor));
  test('mail of no watched alias has no alias, vendor or function', () => {
    const nobody = { alias: null, purpose: null };
    assert.equal(floorFor({ vendor: 'v' }, [], nobody), 12);
    assert.equal(floorFor({ recipientDomain: 'x.example' }, ['jo@x.example'], nobody), 30);
  });
});

test('a number a day takes the place of a share, and counts its own mail', () => {
  const { quarantine } = resolve(
    withOverrides([
      { for: { alias: 'a' }, set: { quarantine: { alertsPerDay: 2 } } },
      { for: { vendor: 'v' }, set: { quarantine: { budget: 0.00001 } } },
    ]),
  );
  assert.deepEqual([quarantine.alertsPerDay, quarantine.scope], [2, 'alias a']);
});

test('mail is never held more often than it is tagged, whatever budgets meet', () => {
  const { tag, quarantine } = resolve(
    withOverrides([
      { for: { vendor: 'v' }, set: { tag: { budget: 1e-6 } } },
      { for: { alias: 'a' }, set: { quarantine: { budget: 1e-2 } } },
    ]),
  );
  assert.deepEqual([tag.budget, quarantine.budget], [1e-6, 1e-6]);
});

describe('recipients of one message', () => {
  const two = (first: object, second: object, mode = 'enforce') =>
    resolve(
      policySchema.parse({
        mode,
        overrides: [
          { for: { recipientDomain: 'x.example' }, set: first },
          { for: { recipientDomain: 'y.example' }, set: second },
        ],
      }),
      ['jo@x.example', 'jo@y.example'],
    );
  test('who agree have their mail held', () => {
    const same = { quarantine: { floorBits: 20 } };
    const { mode, quarantine } = two(same, same);
    assert.deepEqual([mode, quarantine.floorBits], ['enforce', 20]);
  });
  test('who do not have it tagged, by the most eager of what they have', () => {
    const joint = two(
      { tag: { floorBits: 8 }, quarantine: { floorBits: 20 }, limits: { alias: null } },
      {
        tag: { floorBits: 9 },
        quarantine: { floorBits: 14, minDays: 1 },
        actions: { suspicious: 'defer' },
        limits: { alias: { perHour: 9, action: 'tag' } },
      },
    );
    assert.equal(joint.mode, 'tag');
    assert.deepEqual(joint.actions, { suspicious: 'defer', anomalous: 'quarantine' });
    assert.deepEqual([joint.tag.floorBits, joint.quarantine.floorBits], [8, 14]);
    assert.deepEqual([joint.quarantine.minDays, joint.limits.alias?.perHour], [1, 9]);
  });
  test('in shadow have no say in what is tagged for the others', () => {
    const joint = two({ mode: 'shadow', tag: { floorBits: 0 } }, { mode: 'enforce' });
    assert.deepEqual([joint.mode, joint.tag.floorBits], ['tag', 7.25]);
  });
  test('who are all in shadow stay there', () => {
    const joint = two({ tag: { floorBits: 0 } }, { warning: { banner: true } }, 'shadow');
    assert.deepEqual([joint.mode, joint.tag.floorBits], ['shadow', 0]);
  });
});
