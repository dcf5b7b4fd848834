import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import packageFile from '../../package.json' with { type: 'json' };
import { openShell } from './shell.ts';

const shell = await openShell();

const commands = [
  '',
  'serve',
  'doctor',
  'demo',
  'simulate',
  'check',
  'learn',
  'alias',
  'alias list',
  'alias show',
  'alias suggest',
  'baseline',
  'baseline fit',
  'baseline forget',
  'organization',
  'organization show',
  'organization forget',
  'quarantine',
  'quarantine list',
  'quarantine show',
  'quarantine release',
  'quarantine delete',
  'quarantine confirm',
  'quarantine approve-value',
  'quarantine approvals',
  'quarantine undo',
  'quarantine acts',
  'quarantine requests',
  'campaign',
  'campaign list',
  'campaign show',
  'campaign export',
  'campaign notify',
  'message',
  'message find',
  'message approve',
  'notice',
  'notice preview',
  'notice send-digest',
  'notice status',
  'notice rotate-key',
  'incident',
  'incident export',
  'audit',
  'audit verify',
  'audit list',
  'audit show',
  'backup',
  'restore',
  'privacy',
  'privacy erase',
  'operator',
  'operator add',
  'operator list',
  'operator remove',
  'operator password',
  'operator sessions',
  'operator revoke',
  'token',
  'token create',
  'token list',
  'token revoke',
  'rules',
  'rules check',
  'rules schema',
  'rules set',
  'rules activate',
  'rules rollback',
  'rules history',
  'rules diff',
  'evaluate',
];
const withoutData = [
  '',
  'serve',
  'audit',
  'incident',
  'privacy',
  'alias',
  'baseline',
  'organization',
  'quarantine',
  'operator',
  'token',
  'campaign',
  'message',
  'notice',
  'rules',
];

describe('--help', () => {
  for (const command of commands) {
    test(`aliaswatch ${command}`, async () => {
      const { code, stdout, stderr } = await shell.run([
        ...command.split(' ').filter(Boolean),
        '--help',
      ]);
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.match(stdout, new RegExp(`^Usage: ${`aliaswatch ${command}`.trim()} `));
      assert.match(stdout, new RegExp(`\nExample:\n  ${`aliaswatch ${command}`.trim()}.*\n$`));
      assert.equal(/^ +--json /m.test(stdout), !withoutData.includes(command));
    });
  }
});

describe('a wrong call', () => {
  const cases = [
    { name: 'no command', args: [], says: /^Usage: aliaswatch/ },
    { name: 'unknown command', args: ['wtach'], says: /unknown command 'wtach'/ },
    {
      name: 'unknown option',
      args: ['serve', '--nexthop', 'x'],
      says: /unknown option '--nexthop'\n\(Did you mean --next-hop\?\)/,
    },
    { name: 'missing argument', args: ['check'], says: /missing required argument 'file'/ },
    { name: 'missing option', args: ['evaluate'], says: /required option '--streams <dir>'/ },
    { name: 'surplus argument', args: ['check', 'a', 'b'], says: /too many arguments/ },
    {
      name: 'no time',
      args: ['check', 'x', '--at', 'yesterday'],
      says: /'yesterday' is invalid\. Write a time as/,
    },
    {
      name: 'no address',
      args: ['check', 'x', '--peer-ip', 'mx'],
      says: /'mx' is invalid\. Give an IPv4 or IPv6 address/,
    },
  ];
  for (const { name, args, says } of cases) {
    test(name, async () => {
      const { code, stdout, stderr } = await shell.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, says);
    });
  }
});

test('--version prints that of package.json', async () => {
  assert.deepEqual(await shell.spawn(['--version']), { code: 0, stdout: '0.1.0\n', stderr: '' });
});

test('help loads the help alone: what a command needs is loaded once it is called', async () => {
  const telling = `
    import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => {
      process.stderr.write(url + '\\n');
      return next(url, context);
    } });`;
  const { stderr } = await shell.spawn(
    ['rules', '--help'],
    ['--import', `data:text/javascript,${encodeURIComponent(telling)}`],
  );
  const { dependencies } = packageFile as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const loaded = Object.keys(dependencies).filter((name) =>
    stderr.includes(`/node_modules/${name}/`),
  );
  assert.deepEqual(loaded, ['cli-progress', 'commander']);
});

test('an old Node gets a sentence that says what to install', async () => {
  const older =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
  const { code, stdout, stderr } = await shell.spawn(
    ['--help'],
    ['--import', `data:text/javascript,${encodeURIComponent(older)}`],
  );
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^error: Aliaswatch needs Node 24\.15 or later, and this is 20\.20\.2: install Node 24.*\n$/,
  );
});

test('a reader that goes away is no failure', async () => {
  const child = shell.start(['alias', 'list']);
  child.stdout?.destroy();
  const closed = once(child, 'close');
  assert.equal(await text(child.stderr!), '');
  assert.deepEqual(await closed, [0, null]);
});
