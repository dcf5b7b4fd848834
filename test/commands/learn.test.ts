import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, watch, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { vendorZone } from '../support/zone.ts';
import { entraHistory, entraMail, mboxOf, type Archived } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const end = new Date('2026-11-20T12:00:00Z');
const history = entraHistory(60, end);
const alias = 'microsoft-online-services';

/** One mail that everybody would take for an attack. */
const attack: Archived = {
  arrivedAt: new Date('2026-11-19T10:00:00Z'),
  mail: entraMail({
    tenant:
      'Invoice overdue, call Support Desk +1 802 538 3069 to cancel your PayPal payment of USD 498.95',
    recipient: 'ana@example.com',
    sentAt: new Date('2026-11-19T10:00:00Z'),
    code: '555555',
  }),
};
const stranger: Archived = {
  arrivedAt: new Date('2026-11-01T10:00:00Z'),
  mail: 'From: Ann <ann@example.org>\r\nTo: ben@example.com\r\nSubject: lunch\r\n\r\nNoon?\r\n',
};
const nobody: Archived = {
  arrivedAt: new Date('2026-11-01T11:00:00Z'),
  mail: 'Subject: no author\r\n\r\nhello\r\n',
};

before(async () => {
  await writeFile(shell.path('history.mbox'), mboxOf(history));
  await writeFile(shell.path('mixed.mbox'), mboxOf([...history, attack, stranger, nobody]));
});

function storeAt(name: string): readonly string[] {
  return ['--store', `sqlite:${shell.path(name)}`];
}

async function learn(paths: readonly string[], ...flags: readonly string[]) {
  const { code, stderr, json } = await shell.runJson(['learn', ...paths.map(shell.path), ...flags]);
  assert.equal(code, 0, stderr);
  return json;
}

/** Matured messages of an alias, the day after the archives end. */
async function messagesIn(store: readonly string[], id = alias): Promise<number> {
  const { json } = await shell.runJson([
    'alias',
    'show',
    id,
    ...store,
    '--at',
    '2026-11-25T00:00:00Z',
  ]);
  return (json['baseline'] as { readonly messages: number }).messages;
}

describe('learn', () => {
  test('counts what it learned and why it left the rest', async () => {
    const store = storeAt('mixed.db');
    const json = await learn(['mixed.mbox'], '--assume-authenticated', ...store);
    const { seconds, messagesPerSecond, ...counts } = json;
    assert.deepEqual(counts, {
      messages: 63,
      learned: 60,
      skipped: { notWatched: 1, notAuthenticated: 0, flagged: 1, unreadable: 1, doneBefore: 0 },
      aliases: [
        { alias, messages: 61, learned: 60, flagged: 1, notAuthenticated: 0, unreadable: 0 },
      ],
      store: store[1],
    });
    assert.ok(
      typeof seconds === 'number' && typeof messagesPerSecond === 'number' && messagesPerSecond > 0,
    );
    assert.equal(await messagesIn(store), 60);
  });

  test('as a process, for people: a table, the rate, nothing on standard error', async () => {
    const { code, stdout, stderr } = await shell.spawn([
      'learn',
      'history.mbox',
      '--assume-authenticated',
      '--store',
      'sqlite:people.db',
    ]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^microsoft-online-services +60 +60 +0 +0 +0$/m);
    assert.match(
      stdout,
      /^learned 60 of 60 messages into sqlite:people\.db in \d+\.\d s \(\d+ messages\/s\)$/m,
    );
  });

  test('puts every archive into the order of arrival', async () => {
    await writeFile(shell.path('later.mbox'), mboxOf(history.slice(30).reverse()));
    await writeFile(shell.path('earlier.mbox'), mboxOf(history.slice(0, 30)));
    const inOrder = storeAt('in-order.db');
    const shuffled = storeAt('shuffled.db');
    await learn(['history.mbox'], '--assume-authenticated', ...inOrder);
    await learn(['later.mbox', 'earlier.mbox'], '--assume-authenticated', ...shuffled);
    const show = async (store: readonly string[]) =>
      (await shell.runJson(['alias', 'show', alias, ...store, '--at', '2026-11-25T00:00:00Z']))
        .json['baseline'];
    assert.deepEqual(await show(shuffled), await show(inOrder));
  });

  test('takes message files by their Received or Date field', async () => {
    await mkdir(shell.path('maildir/cur'), { recursive: true });
    await mkdir(shell.path('maildir/tmp'));
    for (const [index, { mail, arrivedAt }] of history.slice(0, 20).entries()) {
      const received = `Received: from out.example by mx.example.com (Postfix; x)\r\n\tid 4711; ${arrivedAt.toUTCString()} (UTC)\r\n`;
      const stamped =
        index % 2 === 0
          ? received + mail.replace(/^Date: .*\r\n/m, 'Date: Thu, 1 Jan 1998 00:00:00 +0000\r\n')
          : mail;
      await writeFile(shell.path(`maildir/cur/${20 - index}:2,S`), stamped);
    }
    const store = storeAt('maildir.db');
    const json = await learn(['maildir'], '--assume-authenticated', ...store);
    assert.equal(json['learned'], 20);
    assert.equal(await messagesIn(store), 20);
  });

  test('the same archive again changes nothing', async () => {
    const store = storeAt('again.db');
    await learn(['history.mbox'], '--assume-authenticated', ...store);
    await learn(['history.mbox'], '--assume-authenticated', ...store);
    assert.equal(await messagesIn(store), 60);
  });

  test('--include-flagged learns what would have been held', async () => {
    const store = storeAt('flagged.db');
    const json = await learn(
      ['mixed.mbox'],
      '--assume-authenticated',
      '--include-flagged',
      ...store,
    );
    assert.equal(json['learned'], 61);
    assert.equal(await messagesIn(store), 61);
  });

  test('--watch-all learns every From address, --alias only the named ones', async () => {
    const everybody = await learn(
      ['mixed.mbox'],
      '--assume-authenticated',
      '--watch-all',
      ...storeAt('all.db'),
    );
    assert.deepEqual(
      (everybody['aliases'] as { readonly alias: string }[]).map((counts) => counts.alias),
      ['ann-example-org', alias],
    );
    const one = await learn(
      ['mixed.mbox'],
      '--assume-authenticated',
      '--watch-all',
      '--alias',
      'ann@example.org',
      ...storeAt('one.db'),
    );
    assert.deepEqual(
      [one['learned'], (one['skipped'] as { readonly notWatched: number }).notWatched],
      [1, 61],
    );
    assert.equal(await messagesIn(storeAt('one.db'), 'ann-example-org'), 1);
  });

  test('by default into the store that serve uses, with the key that serve uses', async () => {
    await learn(['history.mbox'], '--assume-authenticated');
    assert.deepEqual((await readdir(shell.path('state'))).sort(), [
      'baselines.db',
      'baselines.db-organization',
      'learn',
      'pseudonym.key',
    ]);
    assert.equal(await messagesIn(storeAt('state/baselines.db')), 60);
  });

  test('nothing of a watched alias: says so and makes no store', async () => {
    await writeFile(shell.path('stranger.mbox'), mboxOf([stranger]));
    const { code, stdout } = await shell.run([
      'learn',
      shell.path('stranger.mbox'),
      '--assume-authenticated',
      ...storeAt('none.db'),
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^none of them is from a watched alias: .*--watch-all$/m);
    assert.ok(!(await readdir(shell.directory)).includes('none.db'));
  });

  test('leaves no copy of the mail behind', async () => {
    assert.deepEqual(
      (await readdir(shell.directory)).filter((name) => name.startsWith('aliaswatch-')),
      [],
    );
  });
});

test('without --assume-authenticated only what verifies is learned', async () => {
  await using dns = await startZoneServer(vendorZone('microsoftonline.com'), {
    host: '127.0.0.1',
    port: 0,
  });
  const signed = await Promise.all(
    history.slice(0, 3).map(async ({ mail, arrivedAt }) => ({
      arrivedAt,
      mail: await signMessage(mail, { domain: 'microsoftonline.com', selector: 'rsa' }),
    })),
  );
  const altered = signed.slice(0, 1).map(({ mail, arrivedAt }) => ({
    arrivedAt,
    mail: mail.replace('Your code is', 'Your c0de is'),
  }));
  await writeFile(
    shell.path('signed.mbox'),
    mboxOf([...signed, ...altered, ...history.slice(3, 5)]),
  );
  const json = await learn(['signed.mbox'], '--dns', dns.address, ...storeAt('signed.db'));
  assert.deepEqual(
    [json['learned'], json['skipped']],
    [3, { notWatched: 0, notAuthenticated: 3, flagged: 0, unreadable: 0, doneBefore: 0 }],
  );
});

describe('with a Redis store', { skip: requireInstalled('redis-server', 'redis-server') }, () => {
  test('learn and check meet there', async () => {
    await using redis = await startRedis();
    const store = ['--store', redis.url];
    const json = await learn(['history.mbox'], '--assume-authenticated', ...store);
    assert.equal(json['learned'], 60);
    const eml = shell.path('last.eml');
    await writeFile(eml, history.at(-1)!.mail);
    const checked = await shell.runJson([
      'check',
      eml,
      '--assume-authenticated',
      ...store,
      '--at',
      '2026-11-25T00:00:00Z',
    ]);
    assert.deepEqual([checked.json['n'], checked.code], [60, 0]);
    await redis.kill();
    // The rules in force are kept there as well, and asked for first.
    const down = await shell.run(['check', eml, '--assume-authenticated', ...store]);
    assert.equal(down.code, 1);
    assert.match(
      down.stderr,
      new RegExp(`^error: Stored rules redis://127\\.0\\.0\\.1:${redis.port}.*\n$`),
    );
  });
});

test('Ctrl-C ends it with a sentence and code 130', async () => {
  await writeFile(shell.path('long.mbox'), mboxOf(entraHistory(4000, end)));
  const child = shell.start([
    'learn',
    'long.mbox',
    '--assume-authenticated',
    '--store',
    'sqlite:long.db',
  ]);
  const endedEarly = new AbortController();
  const ended = once(child, 'close').finally(() => endedEarly.abort());
  const complaint = text(child.stderr!);
  for await (const { filename } of watch(shell.directory, { signal: endedEarly.signal }))
    if (filename === 'long.db') break;
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.match(await complaint, /^error: interrupted: only a part of the archive is learned.*\n$/);
});
