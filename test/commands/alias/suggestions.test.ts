import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SeenMail } from '../../../src/commands/alias/suggest/seen-mail.ts';
import { isAutomated } from '../../../src/commands/alias/suggest/seen-mail.ts';
import {
  createSenderTallies,
  enough,
  type SenderTallies,
} from '../../../src/commands/alias/suggest/sender-tally.ts';
import { suggestionsFrom } from '../../../src/commands/alias/suggest/suggestions.ts';

const dayMs = 86_400_000;
const limits = { minMessages: 5, top: 50 };

function seen(day: number, facts: Partial<SeenMail> = {}): SeenMail {
  const recipients = [`r${day % 4}@example.com`];
  return {
    address: 'billing@vendor.example',
    at: new Date(Date.UTC(2026, 0, 1) + day * dayMs),
    recipients,
    recipientCount: 1,
    isAutomated: true,
    isReply: false,
    actor: 'one',
    shapes: [],
    hasLinks: true,
    isAuthenticated: null,
    ...facts,
  };
}

function tallied(mail: readonly SeenMail[], maxSenders?: number): SenderTallies {
  const tallies = createSenderTallies(maxSenders);
  mail.forEach(tallies.count);
  return tallies;
}

function suggested(mail: readonly SeenMail[]): readonly string[] {
  return suggestionsFrom(tallied(mail).entries(), limits).map(({ watch }) => watch);
}

const many = (messages: number, facts: Partial<SeenMail> = {}) =>
  Array.from({ length: messages }, (_, day) => seen(day, facts));

describe('worth watching', () => {
  const person = { address: 'ann@vendor.example', isAutomated: false, hasLinks: false };
  const template = { ...person, shapes: ['layout x'] };
  const cases = [
    { name: 'a header of programs', mail: many(6), worth: true },
    {
      name: 'a name of programs',
      mail: many(6, { address: 'no-reply@vendor.example', isAutomated: false }),
      worth: true,
    },
    { name: 'one template, never an answer', mail: many(12, template), worth: true },
    {
      name: 'one template that answers',
      mail: many(12, { ...template, isReply: true }),
      worth: false,
    },
    { name: 'a person', mail: many(30, person), worth: false },
    { name: 'too few messages', mail: many(4), worth: false },
    {
      name: 'one day, one recipient',
      mail: Array.from({ length: 9 }, () => seen(3)),
      worth: false,
    },
    {
      name: 'one day, many recipients',
      mail: Array.from({ length: 9 }, (_, index) =>
        seen(3, { recipients: [`r${index}@example.com`] }),
      ),
      worth: true,
    },
  ];
  for (const { name, mail, worth } of cases)
    test(`${name}: ${worth ? 'yes' : 'no'}`, () => assert.equal(suggested(mail).length > 0, worth));
});

describe('a suggestion', () => {
  test('counts messages, span, recipients, links and actors', () => {
    const mail = many(10).map((message, index) => ({
      ...message,
      hasLinks: index < 5,
      actor: `tenant ${index}`,
    }));
    const [suggestion] = suggestionsFrom(tallied(mail).entries(), limits);
    assert.deepEqual(suggestion, {
      watch: 'billing@vendor.example',
      messages: 10,
      days: 10,
      since: '2026-01-01',
      until: '2026-01-10',
      recipients: 4,
      addresses: 1,
      automated: 1,
      links: 0.5,
      actors: 10,
      hasActorSlot: true,
      authenticated: null,
      why: 'its header says that a program writes it',
    });
  });

  test('tenants of one host become a pattern, and so do numbered mailboxes', () => {
    const tenants = Array.from({ length: 12 }, (_, day) =>
      seen(day, { address: `support@tenant${day % 6}.desk.example` }),
    );
    const mailboxes = Array.from({ length: 12 }, (_, day) =>
      seen(day, { address: `note${day % 6}@numbered.example` }),
    );
    assert.deepEqual(suggested([...tenants, ...mailboxes]), [
      '*@*.desk.example',
      '*@numbered.example',
    ]);
  });

  test('a domain where people write too is no pattern', () => {
    const mixed = Array.from({ length: 40 }, (_, day) =>
      seen(day, { address: `person${day % 8}@vendor.example`, isAutomated: false }),
    );
    assert.deepEqual(suggested([...mixed, ...many(6)]), ['billing@vendor.example']);
  });
});

test('memory is bounded: the rarest are given up, the frequent stay', () => {
  const strangers = Array.from({ length: 5000 }, (_, index) =>
    seen(index % 30, { address: `s${index}@s${index}.example` }),
  );
  const regular = many(50);
  const mixed = strangers.flatMap((stranger, index) =>
    index % 100 === 0 ? [stranger, regular[index / 100]!] : [stranger],
  );
  const tallies = tallied(mixed, 300);
  assert.ok([...tallies.entries()].length <= 300);
  assert.ok(tallies.dropped() > 3000);
  const found = suggestionsFrom(tallies.entries(), limits);
  assert.ok(
    found.some(({ watch, messages }) => watch === 'billing@vendor.example' && messages > 30),
  );
});

test('sets stop growing', () => {
  const mail = Array.from({ length: 500 }, (_, index) =>
    seen(index, {
      recipients: [`r${index}@example.com`],
      actor: `a${index}`,
      shapes: [`s${index}`],
    }),
  );
  const tally = new Map(tallied(mail).entries()).get('billing@vendor.example');
  assert.equal(tally?.recipients.size, enough);
  assert.equal(tally.actors.size, enough);
  assert.ok(tally.shapes.size <= 40);
});

describe('header fields of programs', () => {
  const cases = [
    [{ 'auto-submitted': 'auto-generated' }, true],
    [{ 'auto-submitted': 'no' }, false],
    [{ precedence: 'bulk' }, true],
    [{ precedence: 'list' }, false],
    [{ 'list-unsubscribe': '<https://vendor.example/u>' }, true],
    [
      { 'list-unsubscribe': '<mailto:u@list.example>', 'list-post': '<mailto:l@list.example>' },
      false,
    ],
    [{ 'list-unsubscribe': '<mailto:u@list.example>', 'list-post': 'NO' }, true],
    [{ 'feedback-id': 'a:b:c' }, true],
    [{}, false],
  ] as const;
  for (const [fields, expected] of cases)
    test(JSON.stringify(fields), () => {
      const given = Object.entries(fields).map(([name, body]) => ({ name, body }));
      assert.equal(isAutomated({ fields: given }), expected);
    });
});
