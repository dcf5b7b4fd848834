import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import { formatProblem } from '../../src/config/rule-problem.ts';
import type { RuleSet } from '../../src/config/rule-set.ts';
import { loadRuleTests } from '../../src/rule-tests/load-rule-tests.ts';

const parent = await mkdtemp(join(tmpdir(), 'aliaswatch-broken-cases-'));
after(() => rm(parent, { recursive: true, force: true }));
let directories = 0;

/** As much of a rule set as cases can name. */
const rules = {
  aliases: [],
  policy: { watch: ['billing@vendor.example'] },
  causes: { attack: [{ id: 'callback-in-subject' }, { id: 'link-lure' }] },
  conditions: [{ id: 'free-hosting-link' }],
} as unknown as RuleSet;
const [watched] = createCatalogue([], ['billing@vendor.example']).aliases;
const alias = watched?.id ?? '';

async function directoryWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const directory = join(parent, String(++directories));
  await mkdir(join(directory, 'tests', 'messages'), { recursive: true });
  const ordinary = { 'messages/ordinary.eml': 'From: billing@vendor.example\n\nThank you.\n' };
  for (const [name, content] of Object.entries({ ...ordinary, ...files }))
    await writeFile(join(directory, 'tests', name), content);
  return directory;
}

/** What an operator reads, with paths as seen from the tests. */
async function complaints(directory: string): Promise<string> {
  const loading = await loadRuleTests(directory, rules);
  assert.ok(!loading.ok, 'nothing was found wrong');
  return loading.problems.map(formatProblem).join('\n').replaceAll(`${directory}/tests/`, '');
}

function one(lines: string): string {
  return `cases:\n  - name: a\n    alias: ${alias}\n${lines}\n`;
}

const broken: readonly {
  readonly name: string;
  readonly content: string;
  readonly expected: string;
}[] = [
  {
    name: 'an unknown alias',
    content: `cases:\n  - name: a\n    alias: ${alias.slice(0, -1)}\n    message: messages/ordinary.eml\n`,
    expected: `cases.yaml:3:12: no alias is called \`${alias.slice(0, -1)}\`
  3 |     alias: ${alias.slice(0, -1)}
    |            ^
  did you mean \`${alias}\`?`,
  },
  {
    name: 'a mistyped key',
    content: one('    message: messages/ordinary.eml\n    expects: { verdict: clean }'),
    expected: `cases.yaml:5:5: unknown key \`expects\`
  5 |     expects: { verdict: clean }
    |     ^
  did you mean \`expect\`?`,
  },
  {
    name: 'a mistyped signal',
    content: one('    message: messages/ordinary.eml\n    expect: { signals: [phones] }'),
    expected: `cases.yaml:5:25: \`phones\` is not known here
  5 |     expect: { signals: [phones] }
    |                         ^
  did you mean \`phone\`?`,
  },
  {
    name: 'a mistyped verdict and a mistyped action, both at once',
    content: one(
      '    message: messages/ordinary.eml\n    expect: { verdict: anomolous, action: quarantined }',
    ),
    expected: `cases.yaml:5:24: \`anomolous\` is not known here
  5 |     expect: { verdict: anomolous, action: quarantined }
    |                        ^
  did you mean \`anomalous\`?
cases.yaml:5:43: \`quarantined\` is not known here
  5 |     expect: { verdict: anomolous, action: quarantined }
    |                                           ^
  did you mean \`quarantine\`?`,
  },
  {
    name: 'an unknown cause and an unknown condition',
    content: one(
      '    message: messages/ordinary.eml\n    expect: { cause: callback-in-subjects, conditions: [hosting] }',
    ),
    expected: `cases.yaml:5:22: no attack cause is called \`callback-in-subjects\`
  5 |     expect: { cause: callback-in-subjects, conditions: [hosting] }
    |                      ^
  did you mean \`callback-in-subject\`?
cases.yaml:5:57: no condition is called \`hosting\`
  5 |     expect: { cause: callback-in-subjects, conditions: [hosting] }
    |                                                         ^
  the ids are those of conditions.yaml`,
  },
  {
    name: 'no message',
    content: one('    expect: { verdict: clean }'),
    expected: `cases.yaml:2:5: \`message\` is missing
  2 |   - name: a
    |     ^
  name a file, or give \`features\` instead`,
  },
  {
    name: 'a message and features',
    content: one('    message: messages/ordinary.eml\n    features: { phone: 1 }'),
    expected: `cases.yaml:5:5: a case has a message or features, not both
  5 |     features: { phone: 1 }
    |     ^
  remove one of the two`,
  },
  {
    name: 'a message file that is not there',
    content: one('    message: messages/ordinery.eml'),
    expected: `cases.yaml:4:14: messages/ordinery.eml: there is no such file
  4 |     message: messages/ordinery.eml
    |              ^
  messages of cases lie in tests/messages beside the rules`,
  },
  {
    name: 'a path out of the rules',
    content: one('    message: messages/../../../etc/passwd.eml'),
    expected: `cases.yaml:4:14: \`messages/../../../etc/passwd.eml\` is not a file such as \`messages/lure.eml\`, nor a message of several lines (\`message: |\`)
  4 |     message: messages/../../../etc/passwd.eml
    |              ^`,
  },
  {
    name: 'an absolute path',
    content: one('    message: /etc/passwd'),
    expected: `cases.yaml:4:14: \`/etc/passwd\` is not a file such as \`messages/lure.eml\`, nor a message of several lines (\`message: |\`)
  4 |     message: /etc/passwd
    |              ^`,
  },
  {
    name: 'text to replace that does not stand in the message',
    content: one('    message: messages/ordinary.eml\n    replace: { Contoso: lure }'),
    expected: `cases.yaml:5:16: \`Contoso\` does not stand in messages/ordinary.eml
  5 |     replace: { Contoso: lure }
    |                ^
  write it as it stands there, encoded words and line breaks included`,
  },
  {
    name: 'features that no message shows by itself',
    content: one('    features: { volume: 2, phone: 3, phone-lure: 1 }'),
    expected: `cases.yaml:4:17: \`volume\` cannot be stated: it is counted over other mail or held against the history
  4 |     features: { volume: 2, phone: 3, phone-lure: 1 }
    |                 ^
  give a message, or state: phone, phone-lure, wallet, subject-class, subject-lure, display-name, display-name-class, brand, greeting-class, foreign-actor, attachment-class, body-class, body-lure, language, link, link-tld, link-standing, bare-domain, mail-domain, path-shape, reply-to, reply-to-standing, layout, network, mail-from, spf, header-order, selector, recipient-mismatch, first-contact, signature-age, unsigned-fields
cases.yaml:4:28: \`phone\` has no level 3
  4 |     features: { volume: 2, phone: 3, phone-lure: 1 }
    |                            ^
  at most 1`,
  },
  {
    name: 'a time that is none',
    content: one('    message: messages/ordinary.eml\n    at: yesterday'),
    expected: `cases.yaml:5:9: \`yesterday\` is not a time such as 2026-11-20T10:00:00Z
  5 |     at: yesterday
    |         ^`,
  },
  {
    name: 'a history that is a word',
    content: one('    message: messages/ordinary.eml\n    baseline: cold'),
    expected: `cases.yaml:5:15: \`cold\` is neither \`none\` nor a mapping such as \`{ like: messages/ordinary.eml }\`
  5 |     baseline: cold
    |               ^`,
  },
  {
    name: 'more history than a case may ask for',
    content: one(
      '    message: messages/ordinary.eml\n    baseline: { like: messages/ordinary.eml, messages: 100000 }',
    ),
    expected: `cases.yaml:5:56: \`100000\` is too large: at most 2000
  5 |     baseline: { like: messages/ordinary.eml, messages: 100000 }
    |                                                        ^`,
  },
  {
    name: 'one name for two cases',
    content: `${one('    message: messages/ordinary.eml')}  - name: a\n    alias: none\n    message: messages/ordinary.eml\n`,
    expected: `cases.yaml:5:11: another case, in cases.yaml, has this name
  5 |   - name: a
    |           ^
  say in the name what this one shows`,
  },
  {
    name: 'a range that nothing lies in',
    content: one('    message: messages/ordinary.eml\n    expect: { bits: { min: 9, max: 3 } }'),
    expected: `cases.yaml:5:21: \`bits\` leaves nothing: \`min\` is above \`max\`
  5 |     expect: { bits: { min: 9, max: 3 } }
    |                     ^`,
  },
  {
    name: 'half a file',
    content: 'cases:\n  - name: a\n    expect: { verdict: cle',
    expected: `cases.yaml:3:27: not YAML: Flow map in block collection must be sufficiently indented and end with a }
  3 |     expect: { verdict: cle
    |                           ^
  indent it like the lines beside it, and close every bracket above it`,
  },
];

describe('one broken file of cases', () => {
  for (const { name, content, expected } of broken)
    test(name, async () => {
      const directory = await directoryWith({ 'cases.yaml': content });
      assert.equal(await complaints(directory), expected);
    });

  test('that is no mail', async () => {
    const directory = await directoryWith({
      'messages/binary.eml': Buffer.from([0, 1, 2, 3]),
      'cases.yaml': one('    message: messages/binary.eml'),
    });
    assert.match(await complaints(directory), /messages\/binary\.eml: holds no mail/);
  });

  test('that is larger than a message may be', async () => {
    const directory = await directoryWith({
      'messages/large.eml': `From: a@b.example\n\n${'x'.repeat(1_048_576)}`,
      'cases.yaml': one('    message: messages/large.eml'),
    });
    assert.match(await complaints(directory), /messages\/large\.eml: larger than 1048576 bytes/);
  });

  test('whose name nothing reads', async () => {
    const directory = await directoryWith({ 'cases.yml': 'cases: []\n' });
    assert.match(await complaints(directory), /^cases\.yml:1:1: nothing reads this file\n/);
  });
});

describe('a link', () => {
  test('out of the rules is refused, whatever it leads to', async () => {
    const directory = await directoryWith({
      'cases.yaml': one('    message: messages/linked.eml'),
    });
    const outside = join(parent, 'outside.eml');
    await writeFile(outside, 'From: secret@vendor.example\n\nsecret\n');
    await symlink(outside, join(directory, 'tests', 'messages', 'linked.eml'));
    const seen = await complaints(directory);
    assert.match(seen, /messages\/linked\.eml: leads out of the rules directory/);
    assert.doesNotMatch(seen, /secret/);
  });

  test('of a folder on the way is no way out either', async () => {
    const directory = await directoryWith({
      'cases.yaml': one('    message: messages/folder/outside.eml'),
    });
    await symlink(parent, join(directory, 'tests', 'messages', 'folder'));
    assert.match(await complaints(directory), /leads out of the rules directory/);
  });

  test('within the rules is followed, as where a cluster mounts them', async () => {
    const directory = await directoryWith({
      'messages/real.eml': 'From: billing@vendor.example\n\nThank you.\n',
      'cases.yaml': one('    message: messages/linked.eml'),
    });
    await symlink('real.eml', join(directory, 'tests', 'messages', 'linked.eml'));
    const loading = await loadRuleTests(directory, rules);
    assert.ok(loading.ok);
  });
});
