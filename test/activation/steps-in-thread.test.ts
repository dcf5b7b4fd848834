import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { stepsInThread } from '../../src/activation/steps-in-thread.ts';
import { smallRules, versionOf } from './small-rules.ts';

async function task(path: string) {
  return {
    directory: path,
    stateDir: join(path, 'state'),
    version: await versionOf(path),
    active: null,
  };
}

test('steps that take too long are stopped, and that is a refusal', async () => {
  await using rules = await smallRules('mode: tag\n');
  await mkdir(join(rules.path, 'tests'));
  const message = 'From: a@b.example\\n\\nhello\\n';
  const cases = Array.from(
    { length: 1000 },
    (_, index) =>
      `  - {name: c${index}, alias: docusign, message: "${message}", expect: {verdict: clean}}\n`,
  );
  await rules.write('tests/many.yaml', `cases:\n${cases.join('')}`);
  const { refusals } = await stepsInThread(await task(rules.path), { limitMs: 100 });
  assert.equal(refusals.length, 1, JSON.stringify(refusals));
  assert.deepEqual(refusals[0]?.problems, ['it was stopped, not done after 0.1 seconds']);
});

test('a directory that changed meanwhile, and a stop, are no refusals', async () => {
  await using rules = await smallRules('mode: tag\n');
  const given = await task(rules.path);
  await assert.rejects(stepsInThread({ ...given, version: 'another00000' }), /changed while/);
  const stopped = { signal: AbortSignal.abort(), limitMs: 60_000 };
  await assert.rejects(stepsInThread(given, stopped), { name: 'AbortError' });
  assert.deepEqual((await stepsInThread(given)).refusals, []);
});
