import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { loadRules } from '../../src/config/load-rules.ts';
import { formatProblem, formatWarning } from '../../src/config/rule-problem.ts';
import { brokenConditions } from './broken-conditions.ts';
import { smallCopyOfRules } from './rule-directory.ts';

const directory = await smallCopyOfRules();
after(() => directory[Symbol.asyncDispose]());

async function load(content: string) {
  await directory.write('conditions.yaml', content);
  return loadRules(directory.path);
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.join('\n').replaceAll(`${directory.path}/`, '').split('\n');
}

describe('one broken condition', () => {
  for (const { name, content, expected } of brokenConditions)
    test(name, async () => {
      const loading = await load(String(content));
      assert.deepEqual(shown(loading.ok ? [] : loading.problems.map(formatProblem)), expected);
    });
});

describe('a condition that is valid and surely not meant', () => {
  const warned = [
    {
      when: 'score.bits > 1000.0',
      warning: /yaml:4:12: warning: this condition can never be true$/,
    },
    {
      when: 'alias.id == "zoom" && alias.id == "docusign"',
      warning: /yaml:4:12: warning: this condition can never be true$/,
    },
    { when: 'alias.id == "zoomm"', warning: /yaml:4:24: warning: nothing here is ever `zoomm`$/ },
    { when: '1 < 2 || message.isHtml', warning: /yaml:4:12: warning: .* true of every message$/ },
    {
      when: 'message.toCount < 0',
      warning: /yaml:4:12: warning: this condition can never be true$/,
    },
  ];
  for (const { when, warning } of warned)
    test(`warns of ${when}`, async () => {
      const loading = await load(
        `conditions:\n  - id: a\n    name: A\n    when: '${when}'\n    effect: {bits: 1}\n`,
      );
      assert.ok(loading.ok);
      const [first = ''] = shown(
        loading.warnings.filter(({ path }) => path.startsWith('conditions')).map(formatWarning),
      );
      assert.match(first, warning);
    });

  const alone = [
    { effect: '{bits: 12}', warning: /12 bits alone reach quarantine \(from 12 bits\)/ },
    { effect: '{action: quarantine}', warning: /`quarantine` alone keeps mail from its recipient/ },
    { effect: '{action: defer}', warning: /`defer` alone keeps mail/ },
  ];
  for (const { effect, warning } of alone)
    test(`warns of ${effect} unless it is forced`, async () => {
      const text = (forced: string) =>
        `conditions:\n  - {id: a, name: A, when: message.isHtml, effect: ${effect}${forced}}\n`;
      const plain = await load(text(''));
      const forced = await load(text(', forced: true'));
      assert.ok(plain.ok && forced.ok);
      const found = plain.warnings.filter(({ path }) => path.startsWith('conditions'));
      assert.match(found.map(formatWarning).join('\n'), warning);
      assert.deepEqual(
        forced.warnings.filter(({ path }) => path.startsWith('conditions')),
        [],
      );
    });
});
