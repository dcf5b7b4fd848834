import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { entraHistory, entraMail, mboxOf } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const { path } = shell;
const rules = fileURLToPath(new URL('../../rules', import.meta.url));
const history = mboxOf(entraHistory(3, new Date('2026-11-20T12:00:00Z')));

before(async () => {
  await writeFile(path('empty'), '');
  await writeFile(path('picture.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  await writeFile(path('prose.txt'), 'Dear diary, today nothing happened.\n');
  await writeFile(
    path('garbage.mbox'),
    Buffer.concat([Buffer.from('From \0\x01\x02'), Buffer.alloc(3000, 0xfe)]),
  );
  await writeFile(path('history.mbox'), history);
  await writeFile(
    path('mail.eml'),
    entraMail({ tenant: 'Elm Foods', recipient: 'a@example.com', sentAt: new Date(0), code: '1' }),
  );
  await symlink(path('nowhere'), path('dangling.mbox'));
  await mkdir(path('hollow'));
  await writeFile(path('hollow/index.json'), '{}');
  await cp(rules, path('broken-rules'), { recursive: true });
  await writeFile(path('broken-rules/policy.yaml'), 'mode: sometimes\ntag:\n  budget: lots\n');
  await writeFile(path('settings.yaml'), 'listen: nowhere\nnexthop: localhost:25\n');
});

const learning = ['--assume-authenticated', '--store', `sqlite:${path('new.db')}`];

type Case = {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  /** All of them stand on standard error. */
  readonly says: readonly RegExp[];
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

const cases: readonly Case[] = [
  {
    name: 'check: no such file',
    args: ['check', path('nope.eml')],
    code: 1,
    says: [/nope\.eml: there is no such file/],
  },
  {
    name: 'check: empty file',
    args: ['check', path('empty')],
    code: 1,
    says: [/empty is empty: expected a message/],
  },
  {
    name: 'check: not mail',
    args: ['check', path('picture.png')],
    code: 1,
    says: [/picture\.png is not mail: expected header fields/],
  },
  {
    name: 'check: prose',
    args: ['check', path('prose.txt')],
    code: 1,
    says: [/prose\.txt is not mail/],
  },
  {
    name: 'check: empty standard input',
    args: ['check', '-'],
    code: 1,
    says: [/standard input is empty/],
  },
  {
    name: 'check: a directory',
    args: ['check', path('hollow')],
    code: 1,
    says: [/hollow is a directory: check takes one message/],
  },
  {
    name: 'check: an archive',
    args: ['check', path('history.mbox')],
    code: 1,
    says: [/history\.mbox is an mbox of 3 messages: check takes one/],
  },
  {
    name: 'check: too large',
    args: ['check', '-'],
    stdin: 'x'.repeat(2000),
    environment: { ALIASWATCH_MAX_MESSAGE_BYTES: '1024' },
    code: 1,
    says: [/standard input is larger than 1024 bytes/],
  },
  {
    name: 'check: missing store',
    args: ['check', path('mail.eml'), '--store', `sqlite:${path('nope.db')}`],
    code: 1,
    says: [/Baseline store \S+nope\.db does not exist/],
  },
  {
    name: 'check: a store that is none',
    args: ['check', path('mail.eml'), '--store', `sqlite:${path('prose.txt')}`],
    code: 1,
    says: [/Baseline store \S+prose\.txt is not a baseline store/],
  },
  {
    name: 'check: a location that is none',
    args: ['check', path('mail.eml'), '--store', 'mysql://x'],
    code: 2,
    says: [/--store: this is not the location of a store/],
  },
  {
    name: 'check: wrong rules directory',
    args: ['check', path('mail.eml'), '--rules', path('nope')],
    code: 2,
    says: [/the rules in \S+nope cannot be used/, /there is no such directory/],
  },
  {
    name: 'learn: no such path',
    args: ['learn', path('history.mbox'), path('nope'), ...learning],
    code: 1,
    says: [/nope cannot be read \(ENOENT\): give an mbox file/],
  },
  {
    name: 'learn: empty file',
    args: ['learn', path('empty'), ...learning],
    code: 1,
    says: [/empty is empty/],
  },
  {
    name: 'learn: not mail',
    args: ['learn', path('picture.png'), ...learning],
    code: 1,
    says: [/picture\.png is not mail/],
  },
  {
    name: 'learn: unreadable mbox after a good one',
    args: ['learn', path('history.mbox'), path('garbage.mbox'), ...learning],
    code: 1,
    says: [/garbage\.mbox holds no message with a From address and a date/],
  },
  {
    name: 'learn: dangling link',
    args: ['learn', path('dangling.mbox'), ...learning],
    code: 1,
    says: [/dangling\.mbox cannot be read \(ENOENT\)/],
  },
  {
    name: 'learn: folder without mail',
    args: ['learn', path('hollow'), ...learning],
    code: 1,
    says: [/hollow holds no mail/],
  },
  {
    name: 'learn: an alias nobody watches',
    args: ['learn', path('history.mbox'), '--alias', 'nobody', ...learning],
    code: 2,
    says: [/nobody watches nobody/],
  },
  {
    name: 'learn: a store in a directory that is not there',
    args: [
      'learn',
      path('history.mbox'),
      '--assume-authenticated',
      '--store',
      `sqlite:${path('no/such/new.db')}`,
    ],
    code: 1,
    says: [/the directory \S+no\/such does not exist/],
  },
  {
    name: 'alias show: unknown',
    args: ['alias', 'show', 'nobody'],
    code: 1,
    says: [/nobody watches nobody/],
  },
  {
    name: 'alias show: missing store',
    args: ['alias', 'show', 'paypal-service', '--store', `sqlite:${path('nope.db')}`],
    code: 1,
    says: [/nope\.db does not exist/],
  },
  {
    name: 'rules check: no such directory',
    args: ['rules', 'check', path('nope')],
    code: 1,
    says: [/nope:1:1: there is no such directory/],
  },
  {
    name: 'rules check: several problems',
    args: ['rules', 'check', path('broken-rules')],
    code: 1,
    says: [
      /policy\.yaml:1:7: /,
      / 1 \| mode: sometimes\n +\| +\^/,
      /policy\.yaml:3:11: /,
      /broken-rules has 2 problems/,
    ],
  },
  {
    name: 'quarantine: none there',
    args: ['quarantine', 'list', '--state-dir', path('nope')],
    code: 1,
    says: [/there is no quarantine at \S+nope\/quarantine: name the state directory/],
  },
  {
    name: 'quarantine release: no next hop',
    args: ['quarantine', 'release', 'x'],
    code: 2,
    says: [/--next-hop: is missing/],
  },
  {
    name: 'evaluate: no such folder',
    args: ['evaluate', '--streams', path('nope')],
    code: 1,
    says: [/nope: there is no such file or directory/],
  },
  {
    name: 'evaluate: folder without mail',
    args: ['evaluate', '--streams', path('hollow')],
    code: 1,
    says: [/hollow holds no mbox file of a watched alias/],
  },
  {
    name: 'serve: no next hop',
    args: ['serve'],
    code: 2,
    says: [
      /--next-hop: is missing\n +give it here, as ALIASWATCH_NEXT_HOP.*; --milter-listen will do as well/,
    ],
  },
  {
    name: 'serve: every wrong setting at once',
    args: ['serve', '--listen', 'x', '--mode', 'strict'],
    environment: { ALIASWATCH_HTTP: '80', ALIASWATCH_NEXTHOP: 'y:25' },
    code: 2,
    says: [
      /--listen: `x` has no port/,
      /--mode: `strict` is not known/,
      /ALIASWATCH_HTTP: `80` has no port/,
      /ALIASWATCH_NEXTHOP: there is no such setting/,
      /--next-hop: is missing/,
    ],
  },
  {
    name: 'serve: wrong settings file',
    args: ['serve', '--config', path('settings.yaml')],
    code: 2,
    says: [/settings\.yaml:1:9: `nowhere` has no port/, /settings\.yaml:2:1: .*nexthop/],
  },
  {
    name: 'serve: no such settings file',
    args: ['serve', '--config', path('nope.yaml'), '--next-hop', 'x:25'],
    code: 2,
    says: [/nope\.yaml:1:1: there is no such file/],
  },
  {
    name: 'serve: wrong rules',
    args: ['serve', '--next-hop', 'x:25', '--rules', path('broken-rules')],
    code: 2,
    says: [/policy\.yaml:1:7: /, /policy\.yaml:3:11: /],
  },
];

describe('bad input: a sentence, a code, nothing written', () => {
  for (const { name, args, code, says, stdin = '', environment = {} } of cases) {
    test(name, async () => {
      const names = await readdir(shell.directory);
      const outcome = await shell.run(args, { stdin, environment });
      assert.equal(outcome.code, code, outcome.stderr);
      assert.equal(outcome.stdout, '');
      assert.match(outcome.stderr, /^(?:error: |\S+:\d+:\d+: )/);
      assert.doesNotMatch(outcome.stderr, /\n +at /, 'no stack');
      for (const sentence of says) assert.match(outcome.stderr, sentence);
      assert.deepEqual(await readdir(shell.directory), names);
    });
  }
});

describe('serve on a port in use', () => {
  for (const option of ['--listen', '--http']) {
    test(option, async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
      const free = { '--listen': '127.0.0.1:0', '--http': '127.0.0.1:0', [option]: address };
      const { code, stderr } = await shell.run([
        'serve',
        '--next-hop',
        '127.0.0.1:25',
        '--log-level',
        'silent',
        ...Object.entries(free).flat(),
      ]);
      taken.close();
      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`^error: serve cannot start\n${option}: ${address}: the port is in use; .*\n$`),
      );
    });
  }
});
