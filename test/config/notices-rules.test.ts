import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { smallCopyOfRules } from './rule-directory.ts';

describe('texts of notices', () => {
  test('a language of ones own is a file', async () => {
    await using directory = await smallCopyOfRules();
    const english = await readFile(join(directory.path, 'notices/en.yaml'), 'utf8');
    await directory.write('notices/sv.yaml', english.replace(/^from: .*$/m, 'from: Från'));
    const loading = await loadRules(directory.path);
    assert.ok(loading.ok);
    assert.equal(loading.rules.notices.get('sv')?.from, 'Från');
    assert.equal(loading.rules.notices.size, 9);
  });

  test('a directory of rules without them has the shipped ones', async () => {
    await using directory = await smallCopyOfRules();
    await rm(join(directory.path, 'notices'), { recursive: true });
    const loading = await loadRules(directory.path);
    assert.equal(loading.ok && loading.rules.notices.get('de')?.from, 'Von');
  });

  test('what cannot be used is said with its place', async () => {
    await using directory = await smallCopyOfRules();
    const english = await readFile(join(directory.path, 'notices/en.yaml'), 'utf8');
    await directory.write(
      'notices/en.yaml',
      english
        .replace(/^masked: .*\n/m, '')
        .replace(/^footer: .*$/m, 'footer: Sent by {hots}')
        .replace(/^why: .*$/m, 'why: {count}'),
    );
    await directory.write('notices/klingon.yaml', '{}\n');
    const loading = await loadRules(directory.path);
    const problems = loading.ok
      ? []
      : loading.problems.map((problem) =>
          formatProblem(problem).replaceAll(`${directory.path}/`, ''),
        );
    const said = problems.join('\n');
    assert.match(said, /notices\/en\.yaml:\d+:\d+.*`masked` is missing/);
    assert.match(said, /`\{hots\}` stands for nothing here\n[^]*filled in: \{host\}/);
    assert.match(said, /notices\/klingon\.yaml.*nothing reads this file/);
    assert.match(said, /notices\/en\.yaml:\d+:\d+.*is not text/, '{count} alone is YAML, not text');
  });
});
