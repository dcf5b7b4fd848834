import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { mboxOf, type Archived } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const day = '2026-11-02';

function mail(fields: readonly string[], body = 'Hello'): Archived {
  const text = [...fields, 'Subject: s', `Message-ID: <${fields.join()}@x>`, '', body, ''];
  return { arrivedAt: new Date(`${day}T10:00:00Z`), mail: text.join('\r\n') };
}

await writeFile(
  shell.path('sent.mbox'),
  mboxOf([
    mail([
      'From: jo@site.example',
      'To: Ann <ann@mail.firm.example>, boss@site.example',
      'Cc: Ben.Smith@gmail.com',
      'Bcc: hidden@other.example',
    ]),
    mail(['From: jo@site.example', 'To: undisclosed-recipients:;']),
  ]),
);
await writeFile(
  shell.path('inbox.mbox'),
  mboxOf([
    mail(['From: Ann <ann@firm.example>', 'To: jo@site.example'], 'https://shop.example/x'),
    mail(['From: eve@gmail.com', 'To: jo@site.example', 'Reply-To: eve@else.example']),
  ]),
);

function storeAt(name: string): readonly string[] {
  return ['--store', `sqlite:${shell.path(name)}`];
}

async function learn(store: readonly string[], ...args: readonly string[]) {
  const { code, stderr, json } = await shell.runJson(['learn', ...args, ...store]);
  assert.equal(code, 0, stderr);
  return json;
}

async function known(store: readonly string[], value: string) {
  const { json } = await shell.runJson(['organization', 'show', value, ...store]);
  return json['known'] as readonly { readonly ledger: string; readonly written: boolean }[];
}

describe('learn --outbound', () => {
  test('everybody we wrote to is a correspondent, colleagues are not', async () => {
    const store = storeAt('sent.db');
    const json = await learn(store, '--outbound', shell.path('sent.mbox'));
    assert.deepEqual(json['outbound'], { messages: 2, correspondents: 3 });
    for (const correspondent of ['firm.example', 'ben.smith@gmail.com', 'other.example']) {
      const [record] = await known(store, correspondent);
      assert.deepEqual([record?.ledger, record?.written], ['correspondent', true], correspondent);
    }
    assert.deepEqual(await known(store, 'site.example'), []);
    assert.deepEqual(await known(store, 'gmail.com'), []);
  });

  test('for people, beside an archive of what came in', async () => {
    const { code, stdout } = await shell.run([
      'learn',
      shell.path('inbox.mbox'),
      '--outbound',
      shell.path('sent.mbox'),
      ...storeAt('both.db'),
    ]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^learned 0 of 2 messages .*\n(?:.*\n)*sent mail: 3 correspondents in 2 messages\n$/,
    );
  });

  test('no mail there: says so', async () => {
    await writeFile(shell.path('empty'), '');
    const flags = ['--outbound', shell.path('empty'), ...storeAt('no.db')];
    const { code, stderr } = await shell.run(['learn', ...flags]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*empty is empty/);
  });

  test('neither an archive nor sent mail: a wrong call', async () => {
    const { code, stderr } = await shell.run(['learn']);
    assert.equal(code, 2);
    assert.match(stderr, /^error: missing required argument 'paths'\n/);
  });
});

describe('an archive of mail that nobody watches', () => {
  test('teaches who writes, once somebody vouches for it', async () => {
    const store = storeAt('inbox.db');
    await learn(store, shell.path('inbox.mbox'));
    assert.ok(!(await readdir(shell.directory)).some((name) => name.startsWith('inbox.db')));
    await learn(store, shell.path('inbox.mbox'), '--assume-authenticated');
    for (const correspondent of ['firm.example', 'eve@gmail.com', 'else.example'])
      assert.equal((await known(store, correspondent)).length, 1, correspondent);
    const [domain] = await known(store, 'shop.example');
    assert.deepEqual(domain, {
      ledger: 'domain',
      firstDay: day,
      lastDay: day,
      days: 1,
      senders: 1,
      written: false,
      messages: 1,
      carriers: [],
    });
  });
});

describe('organization', () => {
  const store = storeAt('people.db');

  test('show counts values, and tells what is known of one', async () => {
    const archives = ['--outbound', shell.path('sent.mbox'), '--assume-authenticated'];
    await learn(store, shell.path('inbox.mbox'), ...archives);
    const counts = await shell.runJson(['organization', 'show', ...store]);
    assert.deepEqual(counts.json, {
      store: store[1],
      values: { domain: 1, correspondent: 5, carried: 0 },
    });
    const { stdout } = await shell.run(['organization', 'show', ...store]);
    assert.match(stdout, /^link domains +1$/m);
    const firm = await shell.run(['organization', 'show', 'Firm.example', ...store]);
    assert.equal(firm.stdout, `correspondent: 2 messages on 1 days, on ${day}; we wrote there\n`);
    const nobody = await shell.run(['organization', 'show', 'nobody.example', ...store]);
    assert.equal(nobody.stdout, 'nobody.example: never seen here\n');
  });

  test('forget takes out a value, or a day', async () => {
    const forget = (...args: readonly string[]) =>
      shell.runJson(['organization', 'forget', ...args, ...store]);
    assert.deepEqual((await forget('eve@gmail.com')).json, { changed: 1 });
    assert.deepEqual(await known(store, 'eve@gmail.com'), []);
    assert.deepEqual((await forget('--day', '2026-11-01')).json, { changed: 0 });
    assert.deepEqual((await forget('--day', day)).json, { changed: 6 });
    assert.deepEqual(await known(store, 'firm.example'), []);
  });

  for (const { name, args } of [
    { name: 'neither value nor day', args: [] },
    { name: 'both', args: ['firm.example', '--day', day] },
    { name: 'a day that is none', args: ['--day', 'monday'] },
  ])
    test(`forget with ${name}: a wrong call`, async () => {
      const { code, stderr } = await shell.run(['organization', 'forget', ...args, ...store]);
      assert.equal(code, 2);
      assert.match(stderr, /^error: /);
    });

  test('a store that is not there is an error, and is not made', async () => {
    const { code, stderr } = await shell.run(['organization', 'show', ...storeAt('nowhere.db')]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: Organization ledgers .*nowhere\.db-organization does not exist/);
    assert.ok(!(await readdir(shell.directory)).some((name) => name.startsWith('nowhere')));
  });
});
