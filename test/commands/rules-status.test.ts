import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { before, test } from 'node:test';
import { dayOf } from '../../src/baseline/ledger.ts';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { smallRules } from '../activation/small-rules.ts';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { status } from '../live/samples.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const location = `sqlite:${shell.path('baselines.db')}`;
const store = ['--store', location];
let version = '';

before(async () => {
  await using rules = await smallCopyOfRules();
  await rm(`${rules.path}/tests`, { recursive: true, force: true });
  const activated = await shell.runJson(['rules', 'activate', rules.path, ...store]);
  version = String(activated.json['version']);
});

const openLive = () => openLiveStore(location, { timeoutMs: 2000 });

test('what no gateway has reported is said to be that', async () => {
  const { code, stdout } = await shell.run(['rules', 'status', ...store]);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`^in force {5}${version} since .*Z, by .* \\(cli\\)$`, 'm'));
  assert.match(stdout, /^no gateway of this store is running$/m);
  assert.match(stdout, /^breaker {6}closed$/m);
});

test('processes, breaker and budgets of all that run are shown together', async () => {
  await using live = await openLive();
  const { today } = status;
  const counted = { ...status, ruleset: version, today: { ...today, day: dayOf(new Date()) } };
  const reason = '3 of 15 messages are flagged only because of it';
  const opening = { cause: 'ruleset', reason, since: status.seenAt, ruleset: version } as const;
  await live.say('a', { ...counted, openings: [opening] }, 60_000);
  await live.say('b', { ...counted, host: 'mx2.example', ruleset: 'older' }, 60_000);
  const { stdout } = await shell.run(['rules', 'status', ...store]);
  assert.match(
    stdout,
    new RegExp(`^breaker {6}open \\(ruleset\\) since .*, for ${version}: 3 of 15`, 'm'),
  );
  assert.match(stdout, new RegExp(`^mx1\\.example +\\S+ +${version} +yes `, 'm'));
  assert.match(stdout, /^mx2\.example +\S+ +older +NO /m);
  assert.match(stdout, /^tag {10}2 of 2\.4 campaigns/m);
  assert.match(stdout, /^paypal-service +600 +2 +0$/m);
  const { json } = await shell.runJson(['rules', 'status', ...store]);
  const { openings } = json['breaker'] as { readonly openings: readonly unknown[] };
  assert.deepEqual(openings, [opening]);
  await live.leave('a');
  await live.leave('b');
});

test('the bound on holds is that of each process, and what it comes to is said', async () => {
  await using live = await openLive();
  const held = async () => {
    const { stdout } = await shell.run(['rules', 'status', ...store]);
    return /^held +(.*)$/m.exec(stdout)?.[1];
  };
  assert.equal(await held(), '0 in the last hour');
  const capped = { ...status, ruleset: version, heldLastHour: 4, maxHeldPerHour: 1000 };
  await live.say('a', capped, 60_000);
  const each = 'in the last hour; quarantine.maxHeldPerHour lets each process hold 1000';
  assert.equal(await held(), `4 ${each}`);
  await live.say('b', capped, 60_000);
  await live.say('c', capped, 60_000);
  assert.equal(await held(), `12 ${each}, so the 3 that run up to 3000 together`);
  const { json } = await shell.runJson(['rules', 'status', ...store]);
  assert.deepEqual([json['maxHeldPerHour'], json['maxHeldPerHourTogether']], [1000, 3000]);
  await live.say('c', { ...capped, maxHeldPerHour: null }, 60_000);
  assert.match((await held()) ?? '', /^12 in the last hour; nothing bounds it/);
  for (const name of ['a', 'b', 'c']) await live.leave(name);
});

test('a candidate that was dropped changes nothing about the set in force', async () => {
  const since = async () => (await shell.runJson(['rules', 'status', ...store])).json['since'];
  const before = await since();
  await using other = await smallRules('mode: shadow\n');
  for (const args of [['activate', other.path, '--shadow'], ['rollback']]) {
    const { code, stderr } = await shell.run(['rules', ...args, ...store]);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(await since(), before);
});

test('a word about the breaker is there for every process, and on record', async () => {
  const breaker = (...args: readonly string[]) =>
    shell.run(['rules', 'breaker', ...args, ...store]);
  const silent = await breaker('open');
  assert.equal(silent.code, 2);
  assert.match(silent.stderr, /say why with --reason/);
  assert.equal((await breaker('open', '--reason', 'a look')).code, 0);
  await using live = await openLive();
  const said = async () =>
    (await live.orders())
      .map(({ ruleset, state, reason }) => `${ruleset ?? 'all'} ${state}: ${reason}`)
      .sort();
  assert.deepEqual(await said(), ['all open: a look']);
  const closed = await breaker('close', '--reason', 'all is well');
  assert.match(
    closed.stdout,
    /^the breaker is closed, .* on 0 running processes within a second$/m,
  );
  assert.deepEqual(await said(), [`${version} closed: all is well`, 'all closed: all is well']);
  const { stdout } = await shell.run(['rules', 'status', ...store]);
  assert.match(stdout, new RegExp(`${version} is trusted by `));
  const audit = JSON.stringify((await shell.runJson(['audit', 'list'])).json);
  for (const act of ['breaker-opened', 'breaker-closed']) assert.ok(audit.includes(act), act);
});
