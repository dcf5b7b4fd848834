import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { entraAddress, entraHistory, mboxOf } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const store = ['--store', `sqlite:${shell.path('learned.db')}`, '--at', '2026-11-25T00:00:00Z'];

before(async () => {
  await writeFile(
    shell.path('history.mbox'),
    mboxOf(entraHistory(90, new Date('2026-11-20T12:00:00Z'))),
  );
  await shell.run([
    'learn',
    shell.path('history.mbox'),
    '--assume-authenticated',
    ...store.slice(0, 2),
  ]);
});

describe('alias', () => {
  test('list --json gives the whole catalogue', async () => {
    const { code, json } = await shell.runJson(['alias', 'list']);
    const aliases = json['aliases'] as readonly {
      readonly id: string;
      readonly addresses: readonly string[];
    }[];
    assert.equal(code, 0);
    assert.ok(aliases.length >= 30);
    assert.deepEqual(aliases.find(({ id }) => id === 'microsoft-online-services')?.addresses, [
      entraAddress,
    ]);
  });

  test('list for people: one line per alias', async () => {
    const { stdout } = await shell.run(['alias', 'list']);
    assert.match(stdout, /^alias +vendor +pack +for +addresses\n/);
    assert.match(
      stdout,
      new RegExp(`^microsoft-online-services +Microsoft +yes +otp +${entraAddress}$`, 'm'),
    );
  });

  test('show: pack, then history, link domains and signals', async () => {
    const { code, stdout } = await shell.run(['alias', 'show', entraAddress, ...store]);
    assert.equal(code, 0);
    assert.match(stdout, /^microsoft-online-services\n {2}vendor +Microsoft\n/);
    assert.match(stdout, /^ {2}never shows +phone, /m);
    assert.match(stdout, /^90 messages on 3\d days since 2026-10-2\d$/m);
    assert.match(stdout, /^microsoft\.com +3\d +90 +2026-10-2\d +yes$/m);
    assert.match(stdout, /^display-name +\d+ +\d+$/m);
    assert.match(stdout, /^ {2}slot +subject, before "account email verification code"/m);
    assert.match(stdout, /^ {2}verify at +https:\/\/myaccount\.microsoft\.com\/$/m);
    assert.match(stdout, /^layouts: 1, the most common in 100 % of the messages$/m);
    assert.match(stdout, /^words in subjects: .*\bverification code 100 %/m);
    assert.doesNotMatch(stdout, /^ {2}mixes /m);
  });

  test('show says when one address is used for several things', async () => {
    const mixed = await shell.run(['alias', 'show', 'noreply@github.com']);
    assert.match(
      mixed.stdout,
      /^ {2}mixes +security, otp and share under one address, one baseline for all; told apart by subject: otp, security, share$/m,
    );
    const untold = await shell.run(['alias', 'show', 'coinbase']);
    assert.match(untold.stdout, /^ {2}mixes .*; the pack cannot tell them apart$/m);
    const tenants = await shell.run(['alias', 'show', 'support@acme.zendesk.com']);
    assert.match(tenants.stdout, /^ {2}written by +the tenant that its address names$/m);
  });

  test('show --json', async () => {
    const { json } = await shell.runJson(['alias', 'show', 'microsoft-online-services', ...store]);
    const { alias, baseline } = json as {
      readonly alias: { readonly id: string };
      readonly baseline: Readonly<Record<string, unknown>>;
    };
    assert.equal(alias.id, 'microsoft-online-services');
    assert.deepEqual(Object.keys(baseline), [
      'isKnown',
      'messages',
      'days',
      'since',
      'use',
      'linkDomains',
      'contactPoints',
      'signals',
    ]);
    assert.deepEqual(baseline['contactPoints'], []);
    assert.equal((await shell.runJson(['alias', 'show', 'paypal-service'])).json['baseline'], null);
  });
});

describe('rules check', () => {
  test('the shipped rules are valid: one line with version and counts', async () => {
    const { code, stdout, stderr } = await shell.run(['rules', 'check']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^\S+: valid, version [0-9a-f]{12}: \d+ aliases with \d+ addresses, \d+ attack causes, \d+ benign causes, \d+ lure words of \d+ languages, \d+ brands, \d+ popular domains\n$/,
    );
  });

  test('--json tells every problem', async () => {
    const valid = await shell.runJson(['rules', 'check']);
    assert.deepEqual([valid.json['ok'], valid.json['problems']], [true, []]);
    const wrong = await shell.runJson(['rules', 'check', shell.directory]);
    assert.deepEqual([wrong.code, wrong.json['ok'], wrong.stderr], [1, false, '']);
    assert.ok((wrong.json['problems'] as unknown[]).length > 0);
  });
});
