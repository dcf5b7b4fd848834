import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { smallCopyOfRules, type RuleDirectory } from '../config/rule-directory.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
let rules: RuleDirectory;
before(async () => {
  rules = await smallCopyOfRules();
  await rm(`${rules.path}/tests`, { recursive: true, force: true });
});
after(() => rules[Symbol.asyncDispose]());

const store = ['--store', `sqlite:${shell.path('baselines.db')}`];

/** Writes another policy and gives what `rules activate` makes of it. */
async function activate(policy: string, ...flags: readonly string[]) {
  await rules.write('policy.yaml', policy);
  return shell.runJson(['rules', 'activate', rules.path, ...store, ...flags]);
}

async function inForce() {
  const { json } = await shell.runJson(['rules', 'history', ...store]);
  return json['inForce'] as {
    readonly active: string;
    readonly candidate: { readonly version: string; readonly stage: unknown } | null;
    readonly ignored: readonly string[];
  };
}

test('rules are activated, held back as candidates, promoted and taken back', async (t) => {
  const first = String((await activate('mode: tag\n')).json['version']);
  assert.equal((await inForce()).active, first);
  let second = '';

  await t.test('what is in force is not activated again', async () => {
    const again = await activate('mode: tag\n');
    assert.deepEqual([again.code, again.json['changed']], [0, false]);
  });
  await t.test('a canary leaves what is in force', async () => {
    const canary = await activate('mode: enforce\n', '--canary', '0.25', '--reason', 'try it');
    assert.equal(canary.json['stage'], 'canary');
    second = String(canary.json['version']);
    const { active, candidate } = await inForce();
    assert.equal(active, first);
    assert.deepEqual(candidate, { version: second, stage: { kind: 'canary', share: 0.25 } });
  });
  await t.test('the candidate is promoted', async () => {
    const promoted = await shell.run(['rules', 'activate', '--promote', ...store]);
    assert.match(promoted.stdout, new RegExp(`^${second} is in force; before it was ${first}\n$`));
    assert.equal((await inForce()).active, second);
    const again = await shell.run(['rules', 'activate', '--promote', ...store]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /there is no candidate to promote/);
  });
  await t.test('the difference is shown, also once the directory is gone', async () => {
    const diff = await shell.run(['rules', 'diff', first, 'active', ...store]);
    assert.equal(
      diff.stdout,
      `--- ${first}/policy.yaml\n+++ active/policy.yaml\n@@ -1,1 +1,1 @@\n-mode: tag\n+mode: enforce\n`,
    );
    const same = await shell.run(['rules', 'diff', second, rules.path, ...store]);
    assert.match(same.stdout, /are the same/);
    const unknown = await shell.run(['rules', 'diff', 'nothing', 'active', ...store]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /neither a stored version nor a directory/);
  });
  await t.test('a rollback goes back, and remembers what it took back', async () => {
    const back = await shell.runJson(['rules', 'rollback', '--reason', 'holds mail', ...store]);
    assert.deepEqual([back.json['version'], back.json['previous']], [first, second]);
    const { active, ignored } = await inForce();
    assert.deepEqual([active, ignored], [first, [second]]);
    const further = await shell.run(['rules', 'rollback', ...store]);
    assert.equal(further.code, 1);
    assert.match(further.stderr, /no earlier rule set/);
  });
  await t.test('an operator may bring it back', async () => {
    const to = await shell.runJson(['rules', 'rollback', '--to', second, ...store]);
    assert.equal(to.json['version'], second);
    assert.deepEqual((await inForce()).ignored, [first]);
  });
  await t.test('dropping a candidate leaves what is in force', async () => {
    const shadow = await activate('mode: shadow\n', '--shadow');
    const back = await shell.runJson(['rules', 'rollback', ...store]);
    assert.deepEqual(
      [back.json['version'], back.json['previous']],
      [second, shadow.json['version']],
    );
    assert.equal((await inForce()).candidate, null);
  });
  await t.test('the history and the audit log tell who did what', async () => {
    const history = await shell.run(['rules', 'history', ...store]);
    const lines = history.stdout.split('\n');
    assert.match(lines[0] ?? '', /^version +now +at \(UTC\) +as +before +via +by +why$/);
    assert.match(lines[1] ?? '', new RegExp(`^${second} +in force .* rollback `));
    const audit = await shell.runJson(['audit', 'list']);
    const acts = (audit.json['records'] as readonly { readonly act: string }[]).map(
      ({ act }) => act,
    );
    assert.ok(acts.includes('rules-activated') && acts.includes('rules-rolled-back'));
  });
});

test('broken rules are refused with every problem, and stay out of force', async () => {
  const before = await inForce();
  await rules.write('policy.yaml', 'mode: sometimes\ntag: {budget: lots}\n');
  const outcome = await shell.run(['rules', 'activate', rules.path, ...store]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.stderr, /policy\.yaml:1:7/);
  assert.match(outcome.stderr, /policy\.yaml:2:15/);
  assert.deepEqual(await inForce(), before);
});

test('rules whose own cases fail are refused, unless somebody says why not', async () => {
  await mkdir(`${rules.path}/tests`);
  await rules.write('tests/wrong.yaml', failingCase);
  const before = await inForce();
  const refused = await activate('mode: enforce\ntag: {budget: 0.002}\n');
  assert.deepEqual([refused.code, refused.json['ok']], [1, false]);
  assert.match(JSON.stringify(refused.json['refusals']), /expected anomalous, got unwatched/);
  assert.deepEqual(await inForce(), before);
  const why = await shell.run(['rules', 'activate', rules.path, '--force', ...store]);
  assert.equal(why.code, 2);
  assert.match(why.stderr, /say why: --reason/);
  const forced = ['rules', 'activate', rules.path, '--force', '--reason', 'the case', ...store];
  const done = await shell.run(forced);
  assert.match(
    done.stdout,
    /^test: 0 of 1 cases pass\nbacktest: .*\n[0-9a-f]{12} is in force.*\(forced\)\n$/,
  );
  const audit = await shell.runJson(['audit', 'list']);
  assert.match(JSON.stringify(audit.json), /rules-refused/);
});

const failingCase = `cases:
  - name: never
    alias: none
    message: |
      From: ann@example.org
      To: jo@example.test
      Subject: lunch

      hello
    expect: { verdict: anomalous }
`;

test('contradictions are refused before anything is done', async () => {
  for (const flags of [
    ['--shadow', '--canary', '0.5'],
    ['--promote', '--shadow'],
    ['--canary', '2'],
    ['--canary-domains', 'not a domain'],
  ])
    assert.equal((await shell.run(['rules', 'activate', ...flags, ...store])).code, 2, flags[0]);
});
