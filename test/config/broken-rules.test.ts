import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { yamlFileFrom } from '../../src/config/yaml-file.ts';
import { brokenOverrides } from './broken-override-files.ts';
import { brokenFiles } from './broken-rule-files.ts';
import { smallCopyOfRules, type RuleDirectory } from './rule-directory.ts';

/** What an operator reads, line by line, with paths as seen from the rules directory. */
async function complaints({ path }: RuleDirectory): Promise<readonly string[]> {
  const loading = await loadRules(path);
  const text = loading.ok ? '' : loading.problems.map(formatProblem).join('\n');
  return text.replaceAll(`${path}/`, '').replaceAll(path, '.').split('\n');
}

describe('one broken file', () => {
  for (const { name, file, content, expected } of [...brokenFiles, ...brokenOverrides]) {
    test(name, async () => {
      await using directory = await smallCopyOfRules();
      await directory.write(file, content);
      assert.deepEqual(await complaints(directory), expected);
    });
  }
});

describe('a rules directory', () => {
  test('that does not exist', async () => {
    await using directory = await smallCopyOfRules();
    await rm(directory.path, { recursive: true });
    const seen = await complaints(directory);
    assert.ok(seen.includes('.:1:1: there is no such directory, or it may not be read'));
    assert.ok(seen.includes('policy.yaml:1:1: there is no such file'));
  });

  test('without one of its files', async () => {
    await using directory = await smallCopyOfRules();
    await rm(join(directory.path, 'causes.yaml'));
    assert.deepEqual(await complaints(directory), ['causes.yaml:1:1: there is no such file']);
  });

  test('with a directory where a file belongs', async () => {
    await using directory = await smallCopyOfRules();
    await rm(join(directory.path, 'lists.yaml'));
    await mkdir(join(directory.path, 'lists.yaml'));
    assert.deepEqual(await complaints(directory), ['lists.yaml:1:1: not a file']);
  });

  test('with a link that leads to itself', async () => {
    await using directory = await smallCopyOfRules();
    await rm(join(directory.path, 'lists.yaml'));
    await symlink('lists.yaml', join(directory.path, 'lists.yaml'));
    assert.deepEqual(await complaints(directory), ['lists.yaml:1:1: cannot be read: ELOOP']);
  });

  test('with a file of somebody else', () => {
    const reading = yamlFileFrom('policy.yaml', 'may not be read');
    assert.ok(!reading.ok);
    assert.deepEqual(reading.problems.map(formatProblem), [
      'policy.yaml:1:1: may not be read\n  let the user that runs Aliaswatch read it (chown, chmod)',
    ]);
  });

  test('reports every problem of every file at once, in order', async () => {
    await using directory = await smallCopyOfRules();
    await directory.write('policy.yaml', 'mode: enfroce\nwatch: [nobody]\nwatch: []\n');
    await directory.write('aliases/zoom.yaml', 'vendor: Zoom\naliases: []\n');
    await directory.write('lists.yaml', 'freeHosting: [');
    const seen = (await complaints(directory)).filter((line) => /^[a-z/]+\.yaml:/.test(line));
    assert.deepEqual(seen, [
      'aliases/zoom.yaml:2:10: too few entries: at least 1',
      'lists.yaml:1:15: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'policy.yaml:1:7: `enfroce` is not known here',
      'policy.yaml:3:1: this key stands here a second time',
    ]);
  });

  test('nested without end is refused in bounded time', { timeout: 20_000 }, async () => {
    await using directory = await smallCopyOfRules();
    await directory.write('policy.yaml', '['.repeat(20_000));
    const [first] = await complaints(directory);
    assert.match(first ?? '', /^policy\.yaml:1:\d+: nested too deeply$/);
  });

  test('that is sound has no problem, whoever reads it', async () => {
    await using directory = await smallCopyOfRules();
    await directory.write('README.md', 'not ours');
    assert.deepEqual(await complaints(directory), ['']);
  });
});
