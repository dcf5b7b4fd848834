import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { smallCopyOfRules } from '../../config/rule-directory.ts';
import { mboxOf, recipients, type Archived } from '../entra-mail.ts';
import { openShell } from '../shell.ts';

const shell = await openShell();
const end = new Date('2026-11-20T12:00:00Z');
const sender = 'orders@mail.vendor.example';
const store = ['--store', `sqlite:${shell.path('learned.db')}`];

/** Orders of many shops through one sender: 240 over 40 days. */
function orders(): readonly Archived[] {
  return Array.from({ length: 240 }, (_, index) => {
    const arrivedAt = new Date(end.getTime() - (240 - index) * 4 * 3_600_000);
    return {
      arrivedAt,
      mail: [
        `From: "Shop ${'ABCDEFGH'[index % 8] ?? ''} via Vendor" <${sender}>`,
        `To: ${recipients[index % recipients.length] ?? ''}`,
        `Subject: Your invoice ${4000 + index}`,
        `Date: ${arrivedAt.toUTCString().replace('GMT', '+0000')}`,
        `Message-ID: <${index}@vendor.example>`,
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Thank you for your order. See https://vendor-orders.net/orders',
        'Questions? Call our office at +1 800 555 0199.',
        '',
      ].join('\r\n'),
    };
  });
}

before(async () => {
  await writeFile(shell.path('orders.mbox'), mboxOf(orders()));
  const learned = await shell.run([
    'learn',
    shell.path('orders.mbox'),
    '--assume-authenticated',
    '--watch-all',
    ...store,
  ]);
  assert.equal(learned.code, 0, learned.stderr);
});

function draft(rules: string, ...more: readonly string[]) {
  const at = ['--at', '2026-11-25T00:00:00Z'];
  return shell.run(['alias', 'suggest', '--write', sender, ...store, ...at, ...more, rules]);
}

function text(rules: string): string {
  return readFileSync(join(rules, 'aliases/vendor.yaml'), 'utf8');
}

describe('alias suggest --write', () => {
  test('drafts what is established, each fact with its source, and the draft passes `rules check`', async () => {
    await using rules = await smallCopyOfRules();
    const { code, stdout, stderr } = await draft(rules.path);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^wrote .*aliases\/vendor\.yaml from 240 messages on \d+ days\n/);
    const drafted = text(rules.path);
    assert.match(drafted, /^# yaml-language-server: \$schema=\.\.\/schema\/vendor\.json\n/);
    assert.match(drafted, /^ {2}- id: orders-mail-vendor-example # the id of its history/m);
    assert.match(drafted, /^ {4}confirmed: false/m);
    assert.match(drafted, /^ {6}- vendor\.example # not learned: look at d= of a message$/m);
    assert.match(drafted, /linkDomains:\n {8}- vendor-orders\.net # 240 messages on \d+ days\n/);
    assert.match(
      drafted,
      /functions:\n {8}- billing # guessed: "your invoice" in \d+ % of the subjects\n/,
    );
    assert.match(drafted, /closed:\n(?: {8}- .*\n)*? {8}- wallet # none of \d+ messages\n/);
    assert.match(drafted, /slots:\n {8}- display name # 8 names\n/);
    const checked = await shell.run(['rules', 'check', rules.path]);
    assert.deepEqual([checked.code, checked.stderr], [0, '']);
  });

  test('never overwrites without --force', async () => {
    await using rules = await smallCopyOfRules();
    assert.equal((await draft(rules.path)).code, 0);
    const again = await draft(rules.path);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^error: `orders@mail\.vendor\.example` has a pack already/);
    await rules.write('aliases/vendor.yaml', `${text(rules.path)}# corrected by hand\n`);
    const anew = await draft(rules.path, '--force');
    assert.deepEqual([anew.code, anew.stderr], [0, '']);
    assert.doesNotMatch(text(rules.path), /corrected by hand/);
  });

  test('a vendor that has other aliases is refused, --force or not, and the drafted alias is printed', async () => {
    await using rules = await smallCopyOfRules();
    const file = join(rules.path, 'aliases/zoom.yaml');
    const before = readFileSync(file, 'utf8');
    for (const force of [[], ['--force']]) {
      const { code, stdout, stderr } = await draft(rules.path, '--vendor', 'Zoom', ...force);
      assert.equal(code, 1);
      assert.match(stderr, /^error: there are other aliases of Zoom already \(zoom.*by hand/);
      assert.doesNotMatch(stderr, /--force/);
      assert.match(stdout, /^ {2}- id: orders-mail-vendor-example #.*\n {4}addresses: \[/);
      assert.equal(readFileSync(file, 'utf8'), before);
    }
  });

  test('nor is a file overwritten that has another alias beside the drafted one', async () => {
    await using rules = await smallCopyOfRules();
    assert.equal((await draft(rules.path)).code, 0);
    const other =
      '  - id: vendor-other\n    addresses: [other@vendor.example]\n    dkimDomains: [vendor.example]\n    confirmed: false\n    pack: {}\n    references: [by hand]\n';
    await rules.write('aliases/vendor.yaml', `${text(rules.path)}${other}`);
    const { code, stderr } = await draft(rules.path, '--force');
    assert.equal(code, 1);
    assert.doesNotMatch(stderr, /--force/);
    assert.match(text(rules.path), /vendor-other/);
  });

  const wrong = [
    {
      name: 'no store',
      args: ['--write', sender],
      says: /^error: name the store that learned the sender: --store sqlite:FILE\n/,
      code: 2,
    },
    {
      name: 'nobody',
      args: ['--write', 'nobody', ...store],
      says: /^error: `nobody` is neither an address nor a watched alias/,
      code: 1,
    },
    {
      name: 'a sender without history',
      args: ['--write', 'new@vendor.example', ...store],
      says: /^error: .* has no matured history of new@vendor\.example/,
      code: 1,
    },
    {
      name: 'a sender with a pack',
      args: ['--write', 'service@paypal.com', ...store],
      says: /^error: `service@paypal\.com` has a pack already: edit the file of PayPal/,
      code: 1,
    },
  ];
  for (const { name, args, says, code } of wrong)
    test(name, async () => {
      const outcome = await shell.run(['alias', 'suggest', ...args]);
      assert.equal(outcome.code, code);
      assert.match(outcome.stderr, says);
    });
});
