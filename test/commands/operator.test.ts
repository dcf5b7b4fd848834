import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { tryLockFile } from '../../src/file-lock.ts';
import { openAccessFile } from '../../src/console/access/access-file.ts';
import { readOperators } from '../../src/console/access/operators.ts';
import { verifyPassword } from '../../src/console/access/password.ts';
import { createSessions } from '../../src/console/access/sessions.ts';
import { createTokens } from '../../src/console/access/tokens.ts';
import { openShell, outcomeOf } from './shell.ts';

const shell = await openShell();
const stateDir = shell.path('state');
const operatorsFile = shell.path('state/operators.yaml');
const password = 'correct horse battery';

async function operators() {
  const state = await readOperators(operatorsFile);
  if (state.kind !== 'ready') throw new Error('no operators file');
  return state.operators;
}

test('an operator is added with a password from standard input, which is nowhere to be found', async () => {
  const before = await shell.runJson(['operator', 'list']);
  assert.deepEqual(before.json, { operators: [] });
  assert.match((await shell.run(['operator', 'list'])).stdout, /needs no login/);
  const { code, stderr } = await shell.run(['operator', 'add', 'Anna', '--role', 'admin'], {
    stdin: `${password}\n`,
  });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.equal((await stat(operatorsFile)).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(operatorsFile, 'utf8'), /horse/);
  const [anna] = await operators();
  assert.equal(anna?.role, 'admin');
  assert.equal(await verifyPassword(password, anna.password), true);
  assert.equal(await verifyPassword(`${password} `, anna.password), false);
  const { json } = await shell.runJson(['operator', 'list']);
  assert.deepEqual(json, { operators: [{ name: 'Anna', role: 'admin' }] });
});

const refused = [
  {
    name: 'a short password',
    args: ['add', 'ben'],
    stdin: 'short\n',
    code: 2,
    says: /12 characters/,
  },
  { name: 'no password', args: ['add', 'ben'], stdin: '', code: 2, says: /12 characters/ },
  {
    name: 'a name twice, in other case',
    args: ['add', 'ANNA'],
    stdin: password,
    code: 1,
    says: /already/,
  },
  { name: 'no name', args: ['add', 'a b'], stdin: password, code: 2, says: /is no name/ },
  {
    name: 'no role',
    args: ['add', 'ben', '--role', 'root'],
    stdin: password,
    code: 2,
    says: /viewer, operator, admin/,
  },
  {
    name: 'nobody to remove',
    args: ['remove', 'ben'],
    stdin: '',
    code: 1,
    says: /no operator ben/,
  },
  {
    name: 'nobody to give a password',
    args: ['password', 'ben'],
    stdin: password,
    code: 1,
    says: /no operator ben/,
  },
  {
    name: 'no session',
    args: ['revoke', '0123456789abcdef'],
    stdin: '',
    code: 1,
    says: /no such session/,
  },
  { name: 'neither id nor operator', args: ['revoke'], stdin: '', code: 2, says: /--operator/ },
];

for (const { name, args, stdin, code, says } of refused) {
  test(`refused: ${name}`, async () => {
    const outcome = await shell.run(['operator', ...args], { stdin });
    assert.match(outcome.stderr, says);
    assert.equal(outcome.code, code);
    assert.equal((await operators()).length, 1);
  });
}

test('a new password replaces the old one', async () => {
  const { code } = await shell.run(['operator', 'password', 'anna'], {
    stdin: 'another long password\r\nsecond line\n',
  });
  assert.equal(code, 0);
  const [anna] = await operators();
  assert.equal(await verifyPassword('another long password', anna!.password), true);
  assert.equal(await verifyPassword(password, anna!.password), false);
});

test('sessions are listed and ended', async () => {
  using file = openAccessFile(stateDir);
  const sessions = createSessions(file, () => new Date());
  const login = { credential: 'x', address: '192.0.2.1' };
  const secrets = ['anna', 'anna', 'ben'].map((operator) => sessions.begin({ ...login, operator }));
  const { json } = await shell.runJson(['operator', 'sessions']);
  const listed = json['sessions'] as { id: string; operator: string; address: string }[];
  assert.deepEqual(listed.map(({ operator }) => operator).sort(), ['anna', 'anna', 'ben']);
  for (const secret of secrets) assert.ok(!JSON.stringify(json).includes(secret));
  const bens = listed.find(({ operator }) => operator === 'ben');
  await shell.run(['operator', 'revoke', bens!.id]);
  assert.equal(sessions.find(secrets[2]!), null);
  assert.notEqual(sessions.find(secrets[0]!), null);
  const { stdout } = await shell.run(['operator', 'revoke', '--operator', 'ANNA']);
  assert.equal(stdout, '2 sessions ended\n');
  assert.equal(sessions.find(secrets[0]!), null);
});

test('the last operator removed leaves a file, so that nobody gets in without a login', async () => {
  assert.equal((await shell.run(['operator', 'remove', 'anna'])).code, 0);
  assert.deepEqual(await operators(), []);
  const { stdout } = await shell.run(['operator', 'list']);
  assert.equal(stdout, 'there is no operator: nobody can log in\n');
});

test('a token is printed once, works until it is revoked, and is stored as a hash', async () => {
  const made = await shell.runJson([
    'token',
    'create',
    'tickets',
    '--scope',
    'review',
    '--days',
    '2',
  ]);
  const secret = made.json['token'] as string;
  assert.match(secret, /^aliaswatch_[\w-]{43}$/);
  using file = openAccessFile(stateDir);
  const tokens = createTokens(file, () => new Date());
  assert.deepEqual(tokens.find(secret)?.scopes, ['review']);
  const later = createTokens(file, () => new Date(Date.now() + 2 * 86_400_000 + 1000));
  assert.equal(later.find(secret), null);
  for (const name of ['access.db', 'access.db-wal'])
    assert.ok(!(await readFile(`${stateDir}/${name}`)).includes(secret), name);
  const listed = await shell.runJson(['token', 'list']);
  assert.ok(!JSON.stringify(listed.json).includes(secret));
  const [token] = listed.json['tokens'] as { id: string }[];
  assert.equal((await shell.run(['token', 'revoke', token!.id])).code, 0);
  assert.equal(tokens.find(secret), null);
  assert.equal((await shell.run(['token', 'revoke', token!.id])).code, 1);
});

test('a token of an unknown scope, or for ever, is refused', async () => {
  const unknown = await shell.run(['token', 'create', 'x', '--scope', 'write']);
  assert.match(unknown.stderr, /choose read, review, admin/);
  assert.equal(unknown.code, 2);
  assert.equal((await shell.run(['token', 'create', 'x', '--days', '99999'])).code, 2);
});

test('all of it is on record, and no secret is', async () => {
  const { json } = await shell.runJson(['audit', 'list', '--limit', '100']);
  const records = json['records'] as { act: string; facts: { change?: string } }[];
  assert.deepEqual(
    records.map(({ act, facts }) => `${act} ${facts.change ?? ''}`.trim()).reverse(),
    [
      'operator-changed added',
      'operator-changed password changed',
      'session-revoked',
      'session-revoked',
      'operator-changed removed',
      'token-changed made',
      'token-changed revoked',
    ],
  );
  assert.doesNotMatch(JSON.stringify(json), /horse|another long|aliaswatch_/);
});

test('operators that are added at the same time are all there', async () => {
  const before = (await operators()).length;
  const names = ['ada', 'bert', 'cleo', 'dora'];
  const adding = names.map((name) => {
    const child = shell.start(['operator', 'add', name, '--state-dir', stateDir]);
    return { child, outcome: outcomeOf(child) };
  });
  // All of them have started, and wait for their password.
  await delay(3000);
  for (const { child } of adding) child.stdin?.end(`${password}\n`);
  for (const { outcome } of adding) assert.equal((await outcome).code, 0, (await outcome).stderr);
  const after = await operators();
  assert.equal(after.length, before + names.length);
  for (const name of names) assert.ok(after.some((one) => one.name === name));
});

test('a lock that somebody keeps is told of, and nothing is changed', async () => {
  const before = await operators();
  using lock = tryLockFile(`${operatorsFile}.lock`);
  assert.ok(lock !== null);
  const { code, stderr } = await shell.run(['operator', 'remove', 'ada']);
  assert.deepEqual(
    [code, stderr],
    [1, 'error: another command is changing the operators: try again\n'],
  );
  assert.deepEqual(await operators(), before);
});
