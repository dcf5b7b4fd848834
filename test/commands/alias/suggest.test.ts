import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { startZoneServer } from '../../../src/commands/demo/zone-server.ts';
import { signMessage } from '../../support/dkim-keys.ts';
import { vendorZone } from '../../support/zone.ts';
import { entraHistory, mboxOf, recipients, type Archived } from '../entra-mail.ts';
import { openShell } from '../shell.ts';

const shell = await openShell();
const end = new Date('2026-11-20T12:00:00Z');

/** Notices of a vendor that no pack covers, one every other day. */
function notices(from: string, count: number): readonly Archived[] {
  return Array.from({ length: count }, (_, index) => {
    const arrivedAt = new Date(end.getTime() - index * 2 * 86_400_000);
    return {
      arrivedAt,
      mail: [
        `From: "Shop ${'ABCDE'[index % 5] ?? ''} via Vendor" <${from}>`,
        `To: ${recipients[index % recipients.length] ?? ''}`,
        `Subject: Your order ${4000 + index} is on its way`,
        `Date: ${arrivedAt.toUTCString().replace('GMT', '+0000')}`,
        `Message-ID: <${index}@vendor.example>`,
        'Auto-Submitted: auto-generated',
        'Content-Type: text/plain; charset=utf-8',
        '',
        index % 2 === 0 ? 'See https://vendor.example/orders' : 'Thank you.',
        '',
      ].join('\r\n'),
    };
  });
}

before(async () => {
  const mail = [...entraHistory(20, end), ...notices('orders@vendor.example', 12)];
  await writeFile(shell.path('mixed.mbox'), mboxOf(mail));
});

describe('alias suggest', () => {
  test('proposes what no pack covers, with counts', async () => {
    const { code, json } = await shell.runJson([
      'alias',
      'suggest',
      shell.path('mixed.mbox'),
      '--assume-authenticated',
    ]);
    assert.equal(code, 0);
    const { suggestions, ...counts } = json;
    assert.deepEqual(counts, {
      messages: 32,
      watched: 20,
      unreadable: 0,
      dropped: 0,
      notAuthenticated: [],
    });
    assert.deepEqual(suggestions, [
      {
        watch: 'orders@vendor.example',
        messages: 12,
        days: 12,
        since: '2026-10-29',
        until: '2026-11-20',
        recipients: 5,
        addresses: 1,
        automated: 1,
        links: 0.5,
        actors: 5,
        hasActorSlot: true,
        authenticated: null,
        why: 'its header says that a program writes it',
      },
    ]);
  });

  test('for people: a table, and lines to paste into policy.yaml', async () => {
    const { code, stdout } = await shell.run([
      'alias',
      'suggest',
      shell.path('mixed.mbox'),
      '--assume-authenticated',
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^orders@vendor\.example +12 +12 +5 +50 % +5 +\? +its header/m);
    assert.match(
      stdout,
      /\nwatch:\n {2}- 'orders@vendor\.example' # 12 messages since 2026-10-29; several names share it/,
    );
  });

  test('without --assume-authenticated only what verifies is proposed', async () => {
    await using dns = await startZoneServer(vendorZone('vendor.example'), {
      host: '127.0.0.1',
      port: 0,
    });
    const signed = await Promise.all(
      notices('orders@vendor.example', 8).map(async ({ mail, arrivedAt }) => ({
        arrivedAt,
        mail: await signMessage(mail, { domain: 'vendor.example', selector: 'rsa' }),
      })),
    );
    const unsigned = notices('orders@other.example', 8);
    await writeFile(shell.path('signed.mbox'), mboxOf([...signed, ...unsigned]));
    const { json } = await shell.runJson([
      'alias',
      'suggest',
      shell.path('signed.mbox'),
      '--dns',
      dns.address,
    ]);
    const suggestions = json['suggestions'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      suggestions.map(({ watch, authenticated }) => [watch, authenticated]),
      [['orders@vendor.example', 1]],
    );
    assert.deepEqual(json['notAuthenticated'], ['orders@other.example']);
  });

  test('--log reads our own transactions', async () => {
    const line = (from: string, day: number, dmarc: string) =>
      JSON.stringify({
        level: 'info',
        time: new Date(end.getTime() - day * 86_400_000).toISOString(),
        from,
        recipients: 2,
        dmarc,
        msg: 'transaction',
      });
    const days = Array.from({ length: 8 }, (_, day) => day);
    const lines = [
      'not json',
      ...days.flatMap((day) => [
        line('no-reply@vendor.example', day, 'pass'),
        line('no-reply@forged.example', day, 'fail'),
        line('ann@people.example', day, 'pass'),
        line('service@paypal.com', day, 'pass'),
        '{"level":"warn","msg":"message held"}',
      ]),
      '{"level":"info","time":"2026-11-',
    ];
    await writeFile(shell.path('serve.log'), `${lines.join('\n')}\n`);
    const { json } = await shell.runJson(['alias', 'suggest', '--log', shell.path('serve.log')]);
    const [only, ...others] = json['suggestions'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      [only?.['watch'], only?.['recipients'], only?.['links'], others],
      ['no-reply@vendor.example', 16, null, []],
    );
    assert.deepEqual([json['watched'], json['notAuthenticated']], [8, ['no-reply@forged.example']]);
  });

  const wrong = [
    {
      name: 'nothing to read',
      args: [],
      says: /^error: nothing to read: give an archive/,
      code: 2,
    },
    {
      name: 'a log that is none',
      args: ['--log', shell.path('mixed.mbox')],
      says: /^error: .*mixed\.mbox holds no transaction/,
      code: 1,
    },
    {
      name: 'a log that is not there',
      args: ['--log', shell.path('nowhere')],
      says: /^error: .*nowhere cannot be read \(ENOENT\)/,
      code: 1,
    },
    {
      name: 'no number',
      args: ['--top', 'all', shell.path('mixed.mbox')],
      says: /Write a whole number from 1 up/,
      code: 2,
    },
  ];
  for (const { name, args, says, code } of wrong)
    test(name, async () => {
      const outcome = await shell.run(['alias', 'suggest', ...args]);
      assert.equal(outcome.code, code);
      assert.match(outcome.stderr, says);
    });
});
