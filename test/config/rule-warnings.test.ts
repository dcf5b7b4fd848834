import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import { formatProblem, formatWarning } from '../../src/config/rule-problem.ts';
import { doubtfulFiles } from './doubtful-rule-files.ts';
import { shippedRules, smallCopyOfRules } from './rule-directory.ts';

/** The warnings that an operator reads, line by line, with paths as seen from the rules directory. */
async function warningsOf(path: string): Promise<readonly string[]> {
  const loading = await loadRules(path);
  assert.ok(loading.ok, loading.ok ? '' : loading.problems.map(formatProblem).join('\n'));
  const text = loading.warnings.map(formatWarning).join('\n');
  return text === '' ? [] : text.replaceAll(`${path}/`, '').split('\n');
}

describe('one file that is valid and not meant', () => {
  for (const { name, file, content, expected } of doubtfulFiles)
    test(name, async () => {
      await using directory = await smallCopyOfRules();
      await directory.write(file, content);
      assert.deepEqual(await warningsOf(directory.path), expected);
    });

  test('a top-level domain that honest vendors use', async () => {
    await using directory = await smallCopyOfRules();
    const names = ['paypal', 'zoom', 'docusign', 'xero', 'stripe', 'wise'];
    await directory.write('popular-domains.txt', names.map((name) => `${name}.com\n`).join(''));
    await directory.write(
      'lists.yaml',
      'freeHosting: [weebly.com]\nurlShorteners: [bit.ly]\nfreeMail: [gmail.com]\ncheapTopLevelDomains: [top, com]\nbrands: {}\ndeskWords: []\npopularDomainsFile: popular-domains.txt\n',
    );
    assert.deepEqual(await warningsOf(directory.path), [
      'lists.yaml:4:29: warning: `com` is no cheap one: 6 of 6 popular domains stand under it',
      '  4 | cheapTopLevelDomains: [top, com]',
      '    |                             ^',
      '  remove it: links of honest vendors would count as those of abuse',
    ]);
  });
});

test('the shipped rules give no warning', async () => {
  assert.deepEqual(await warningsOf(shippedRules), []);
});

test('rules that are as they should be give none either', async () => {
  await using directory = await smallCopyOfRules();
  assert.deepEqual(await warningsOf(directory.path), []);
});
