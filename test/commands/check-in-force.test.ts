import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { smallRules, versionOf } from '../activation/small-rules.ts';
import { openShell } from './shell.ts';

const shell = await openShell();

test('a message is judged by the rules in force, not by what a directory holds', async (t) => {
  await using first = await smallRules('mode: tag\n');
  await using second = await smallRules('mode: enforce\n');
  const path = shell.path('baselines.db');
  const message = shell.path('message.eml');
  await writeFile(message, 'From: dse@docusign.net\nTo: jo@example.test\nSubject: hi\n\nhello\n');
  const flags = ['--store', `sqlite:${path}`, '--state-dir', shell.path('state')];
  const limits = { limits: defaultStoreLimits, timeoutMs: 1000 };
  await (await openStore(`sqlite:${path}`, limits))[Symbol.asyncDispose]();
  const check = async (...more: readonly string[]) => {
    const args = ['check', message, '--assume-authenticated', ...flags, ...more];
    const { json, stderr } = await shell.runJson(args);
    return { ruleset: json['ruleset'], stderr };
  };
  for (const { path: directory } of [first, second]) {
    const done = await shell.run(['rules', 'activate', directory, ...flags]);
    assert.equal(done.code, 0, done.stderr);
  }
  const [before, active] = [await versionOf(first.path), await versionOf(second.path)];
  assert.deepEqual(await check(), { ruleset: active, stderr: '' });
  assert.deepEqual(await check('--rules', first.path), { ruleset: before, stderr: '' });

  await t.test('where they cannot be used, by the last ones before, and that is said', async () => {
    using database = new DatabaseSync(`${path}-rules`);
    database.prepare('DELETE FROM rule_set WHERE version = ?').run(active);
    const { ruleset, stderr } = await check();
    assert.equal(ruleset, before);
    assert.match(stderr, new RegExp(`^warning: rules ${before} are taken instead: .*${active}`));
  });
});
