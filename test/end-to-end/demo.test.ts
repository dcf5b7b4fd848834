import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import type { DemoResult } from '../../src/commands/demo/summary.ts';
import { openShell } from '../commands/shell.ts';

const shell = await openShell();

test('the demo keeps its promises', async (t) => {
  const startedMs = performance.now();
  const telling =
    'process.on("exit", () => process.stderr.write(JSON.stringify(process.cpuUsage())))';
  const { code, stdout, stderr } = await shell.spawn(
    ['demo', '--json'],
    ['--import', `data:text/javascript,${encodeURIComponent(telling)}`],
  );
  const tookMs = performance.now() - startedMs;
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout) as DemoResult;
  const [tenantName, ...others] = result.attacks;

  await t.test('it prints one object of the agreed form', () => {
    assert.deepEqual(Object.keys(result), ['legit', 'attacks', 'relayedByteIdentical']);
    assert.deepEqual(Object.keys(result.legit), ['messages', 'tagged', 'quarantined']);
    for (const attack of result.attacks) {
      const keys = ['name', 'copies', 'firstFlaggedCopy', 'action', 'scoreBits', 'reason'];
      assert.deepEqual(Object.keys(attack), keys);
    }
    assert.equal(stdout.trim().split('\n').length, 1);
  });
  await t.test('it ends in under a minute, unless it waits for processors that others have', () => {
    const { user, system } = JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as NodeJS.CpuUsage;
    const cpuMs = (user + system) / 1000;
    assert.ok(cpuMs > 1000 && cpuMs < 60_000, `${Math.round(cpuMs)} ms of a processor`);
    assert.ok(tookMs < Math.max(60_000, 4 * cpuMs), `${Math.round(tookMs)} ms`);
  });
  await t.test('no honest message is tagged', () => {
    assert.ok(result.legit.messages > 900, `${result.legit.messages} messages`);
    assert.deepEqual([result.legit.tagged, result.legit.quarantined], [0, 0]);
  });
  await t.test('the tenant-name attack is held from its first copy on, for its subject', () => {
    assert.equal(tenantName?.name, 'tenant-name');
    assert.equal(tenantName.action, 'quarantine');
    assert.equal(tenantName.firstFlaggedCopy, 1);
    assert.match(tenantName.reason, /phone \+18025383069 in the subject/);
  });
  await t.test('the other attacks are at least tagged, a replay within its first copies', () => {
    assert.deepEqual(
      others.map(({ name }) => name),
      ['invoice-callback', 'share-foreign-link', 'dkim-replay'],
    );
    for (const { name, action, firstFlaggedCopy, copies } of others) {
      assert.ok(action === 'tag' || action === 'quarantine', `${name}: ${action}`);
      const within = name === 'dkim-replay' ? 5 : 1;
      assert.ok(firstFlaggedCopy !== null && firstFlaggedCopy <= within, `${name} of ${copies}`);
    }
  });
  await t.test('relayed bytes are what was sent', () => {
    assert.equal(result.relayedByteIdentical, true);
  });
  await t.test('nothing is left behind', async () => {
    assert.deepEqual(await readdir(shell.directory), []);
  });
});

test('an interrupted demo ends at once and leaves nothing behind', async () => {
  const child = shell.start(['demo']);
  child.stderr?.setEncoding('utf8');
  let told = '';
  child.stderr?.on('data', (text: string) => {
    if (told === '') child.kill('SIGINT');
    told += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 130);
  assert.match(told, /stopped/);
  assert.deepEqual(await readdir(shell.directory), []);
});
