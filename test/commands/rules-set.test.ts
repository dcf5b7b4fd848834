import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const rules = await smallCopyOfRules();
after(() => rules[Symbol.asyncDispose]());
const file = join(rules.path, 'policy.yaml');

const policy = `# Ours.
mode: tag   # since May

tag: { budget: 1e-3 }   # one in a thousand
quarantine:
  floorBits:  12 # Ann: not below 10
  # minDays: 3
overrides:
  # As agreed with the desk.
  - for: {alias: zoom}
    set:
      quarantine: # more of it
        floorBits: 15 # so far
  - for: { aliases: [docusign, zoom] }
    set: { warning: { banner: true } }
`;

type Run = { readonly says: string; readonly errors: string; readonly code: number | null };

/** What it says, with the name of the file shortened; the file begins as `from`. */
async function set(args: readonly string[], from: string = policy): Promise<Run> {
  await rules.write('policy.yaml', from);
  const [path = '', value = '', ...flags] = args;
  const run = await shell.run(['rules', 'set', path, value, rules.path, ...flags]);
  const short = (text: string) =>
    text.replaceAll(`${rules.path}/`, '').replaceAll(rules.path, 'RULES');
  return { says: short(run.stdout), errors: short(run.stderr), code: run.code };
}

/** Lines of the diff that change, without its head; every other line of the file is as it was. */
async function change(args: readonly string[], from: string = policy): Promise<readonly string[]> {
  const { says, errors, code } = await set(args, from);
  assert.deepEqual([errors, code], ['', 0]);
  return says.split('\n').filter((line) => /^[-+](?![-+])/.test(line));
}

const now = () => readFile(file, 'utf8');

describe('rules set', () => {
  test('shows what it changes, and what follows from it', async () => {
    await rules.write('policy.yaml', policy);
    await chmod(file, 0o640);
    const { says, errors, code } = await set(['quarantine.floorBits', '13.5']);
    assert.deepEqual([errors, code], ['', 0]);
    assert.equal(
      says.replace(/version [0-9a-f]{12}/, 'version 0'),
      `--- policy.yaml
+++ policy.yaml
@@ -3,7 +3,7 @@
${' '}
 tag: { budget: 1e-3 }   # one in a thousand
 quarantine:
-  floorBits:  12 # Ann: not below 10
+  floorBits:  13.5 # Ann: not below 10
   # minDays: 3
 overrides:
   # As agreed with the desk.
written, version 0: a running gateway takes it by itself after check, test and gate (activation.watchFiles), unless it was activated before; else run \`aliaswatch rules activate RULES\`
`,
    );
    assert.equal(await now(), policy.replace(' 12 #', ' 13.5 #'));
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual(
      (await readdir(rules.path)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('adds a key where its neighbours are, below what is written of it', async () => {
    assert.deepEqual(await change(['quarantine.contactPoint.minDays', '21']), [
      '+  contactPoint:',
      '+    minDays: 21',
    ]);
    assert.ok(
      (await now()).includes('not below 10\n  contactPoint:\n    minDays: 21\n  # minDays'),
    );
    assert.deepEqual(await change(['tag.floorBits', '8']), [
      '-tag: { budget: 1e-3 }   # one in a thousand',
      '+tag: { budget: 1e-3, floorBits: 8 }   # one in a thousand',
    ]);
    assert.deepEqual(await change(['backtest.perAlias', '100']), [
      '+backtest:',
      '+  perAlias: 100',
    ]);
    assert.deepEqual(await change(['mode', 'shadow'], '# Nothing yet.\n'), ['+mode: shadow']);
  });

  test('keeps the line ends of Windows', async () => {
    await set(['quarantine.minDays', '9'], policy.replaceAll('\n', '\r\n'));
    assert.ok((await now()).includes('not below 10\r\n  minDays: 9\r\n  # minDays'));
  });

  test('puts a budget in the place of the other', async () => {
    assert.deepEqual(await change(['tag.alertsPerDay', '5']), [
      '-tag: { budget: 1e-3 }   # one in a thousand',
      '+tag: { alertsPerDay: 5 }   # one in a thousand',
    ]);
    assert.deepEqual(await change(['tag.budget', '2e-3'], 'tag:\n  alertsPerDay: 5 # a day\n'), [
      '-  alertsPerDay: 5 # a day',
      '+  budget: 2e-3 # a day',
    ]);
  });

  test('changes a ceiling as a whole, key by key where it stands', async () => {
    const before = 'limits:\n  alias:\n    perHour: 9 # low\n    action: tag # mild\n';
    const ceiling = ['limits.alias', '{perHour: 20, action: tag}'];
    assert.deepEqual(await change(ceiling, before), [
      '-    perHour: 9 # low',
      '+    perHour: 20 # low',
    ]);
    assert.deepEqual(await change(['limits.alias', 'null'], before), [
      '-  alias:',
      '-    perHour: 9 # low',
      '-    action: tag # mild',
      '+  alias: null # mild',
    ]);
    assert.deepEqual(await change(ceiling, 'limits: {}\n'), [
      '-limits: {}',
      '+limits: { alias: { perHour: 20, action: tag } }',
    ]);
  });

  test('changes the override of exactly such mail', async () => {
    assert.deepEqual(await change(['quarantine.floorBits', '16', '--alias', 'zoom']), [
      '-        floorBits: 15 # so far',
      '+        floorBits: 16 # so far',
    ]);
    assert.deepEqual(await change(['actions.anomalous', 'tag', '--alias', 'zoom']), [
      '+      actions:',
      '+        anomalous: tag',
    ]);
  });

  test('adds an override for other mail', async () => {
    const both = ['--alias', 'zoom', '--recipient-domain', 'finance.example.com'];
    assert.deepEqual(await change(['quarantine.floorBits', '14', ...both]), [
      '+  - for: { alias: zoom, recipientDomain: finance.example.com }',
      '+    set: { quarantine: { floorBits: 14 } }',
    ]);
    const rcpt = ['mode', 'enforce', '--rcpt', 'jo@example.com'];
    const added = ['+overrides:', '+  - for: { recipient: jo@example.com }'];
    assert.deepEqual(await change(rcpt, 'overrides: [] # none\nmode: tag\n'), [
      '-overrides: [] # none',
      '+overrides: # none',
      ...added.slice(1),
      '+    set: { mode: enforce }',
    ]);
    assert.deepEqual(await change(rcpt, 'mode: tag\n'), [...added, '+    set: { mode: enforce }']);
    const flow = 'overrides: [{ for: { alias: zoom }, set: { mode: shadow } }]\n';
    assert.deepEqual((await change(rcpt, flow)).slice(1), [
      '+overrides: [{ for: { alias: zoom }, set: { mode: shadow } }, { for: { recipient: jo@example.com }, set: { mode: enforce } }]',
    ]);
  });

  test('puts text in quotes where YAML needs them', async () => {
    await set(['warning.subjectTag', '"[Odd, it seems]"', '--vendor', 'Zoom']);
    assert.ok(
      (await now()).endsWith(
        "  - for: { vendor: Zoom }\n    set: { warning: { subjectTag: '[Odd, it seems]' } }\n",
      ),
    );
  });

  test('is what `rules explain` then shows, with its line', async () => {
    await set(['quarantine.floorBits', '16', '--alias', 'zoom']);
    const args = ['rules', 'explain', rules.path, '--alias', 'zoom'];
    const { stdout } = await shell.run(args);
    assert.match(
      stdout,
      /^quarantine\.floorBits +16 +policy\.yaml:13 overrides\[0\] \(for alias zoom\)$/m,
    );
  });

  test('with --dry-run writes nothing', async () => {
    const { says } = await set(['mode', 'enforce', '--dry-run']);
    assert.match(says, /^\+mode: enforce {3}# since May\n/m);
    assert.match(says, /valid, version [0-9a-f]{12}; nothing was written \(--dry-run\)\n$/);
    assert.equal(await now(), policy);
  });

  test('says where there is nothing to change', async () => {
    assert.equal((await set(['mode', 'tag'])).says, 'nothing to change: mode is tag already\n');
    assert.equal(await now(), policy);
  });

  test('--json gives the same as one object', async () => {
    await rules.write('policy.yaml', policy);
    const args = ['rules', 'set', 'quarantine.floorBits', '16', rules.path, '--alias', 'zoom'];
    const { json } = await shell.runJson(args);
    const { diff, version, ...others } = json;
    assert.match(String(diff), /^\+ {8}floorBits: 16 # so far$/m);
    assert.match(String(version), /^[0-9a-f]{12}$/);
    assert.deepEqual(others, {
      ok: true,
      directory: rules.path,
      path: 'quarantine.floorBits',
      value: 16,
      override: 0,
      written: true,
      problems: [],
      warnings: [],
    });
  });
});

describe('rules set refuses, and writes nothing,', () => {
  test('what `rules check` would refuse, in the same words', async () => {
    const { errors, says, code } = await set(['quarantine.floorBits', '5']);
    assert.deepEqual([says, code, await now()], ['', 1, policy]);
    assert.equal(
      errors,
      `policy.yaml:6:15: holding mail must not need less evidence than tagging it (tag.floorBits is 7.25)
  6 |   floorBits:  5 # Ann: not below 10
    |               ^
  write at least 7.25
error: quarantine.floorBits is not changed: the rules in RULES would not be valid; nothing was written
`,
    );
  });

  test('as one object with --json', async () => {
    await rules.write('policy.yaml', policy);
    const { json, code } = await shell.runJson(['rules', 'set', 'mode', 'enforced', rules.path]);
    assert.deepEqual([json['ok'], json['written'], code], [false, false, 1]);
    assert.match(JSON.stringify(json['problems']), /did you mean `enforce`\?/);
  });

  for (const [name, args, code, says] of [
    ['a name that nothing is called', ['mode', 'tag', '--alias', 'zoon'], 1, /did you mean `zoom`/],
    ['a slip', ['quarantine.florBits', '9'], 2, /did you mean quarantine\.floorBits\?/],
    ['half a path', ['minMessages', '9'], 2, /quarantine\.minMessages or quarantine\.contactPoint/],
    ['a path of many', ['breaker', '9'], 2, /it has several: breaker\.enabled, breaker\.systemic/],
    ['a list', ['watch', '[a@b.example]'], 2, /it is a list of names: edit the file/],
    ['any other path', ['x', '9'], 2, /called x; `aliaswatch rules explain` shows them all/],
    ['what is no YAML', ['mode', '{tag'], 2, /`\{tag` is no value in YAML/],
    ['what refers to itself', ['mode', '[&a tag, *a]'], 2, /is no value in YAML/],
    [
      'for some mail what is for all',
      ['breaker.enabled', 'false', '--alias', 'zoom'],
      2,
      /breaker\.enabled is the same for all mail: leave out what names some/,
    ],
  ] as const)
    test(name, async () => {
      const run = await set(args);
      assert.equal(run.code, code, run.errors);
      assert.match(run.errors, says);
      assert.equal(await now(), policy);
    });

  test('what other parts of the file refer to', async () => {
    const shared = 'tag: { floorBits: &floor 8 }\nquarantine: { floorBits: *floor }\n';
    const { errors, code } = await set(['tag.floorBits', '9'], shared);
    assert.equal(code, 1);
    assert.match(errors, /tag\.floorBits cannot be changed in place: .* edit the file/);
    assert.equal(await now(), shared);
  });

  test('a budget where both stand', async () => {
    const both = 'tag: { budget: 1e-3, alertsPerDay: 5 }\n';
    const { errors, code } = await set(['tag.alertsPerDay', '6'], both);
    assert.equal(code, 1);
    assert.match(errors, /`budget` stands here already: a chance or a number a day, not both/);
    assert.equal(await now(), both);
  });

  test('a file that is no YAML', async () => {
    const { errors, code } = await set(['mode', 'tag'], 'mode: [\n');
    assert.equal(code, 1);
    assert.match(errors, /^policy\.yaml:\d+:\d+: not YAML/);
    assert.equal(await now(), 'mode: [\n');
  });
});
