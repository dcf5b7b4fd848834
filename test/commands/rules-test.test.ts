import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const rules = await smallCopyOfRules();
after(() => rules[Symbol.asyncDispose]());
await rm(join(rules.path, 'tests'), { recursive: true, force: true });

const message = `From: "Ben Weber" <no-reply@zoom.us>
To: anna@example.com
Subject: Ben Weber is inviting you to a scheduled Zoom meeting

Join at https://zoom.us/j/1
`;

const lure = 'Refund of USD 498.95: call +1 802 538 3069 to get your refund';

const cases = `# What Zoom sends here.
cases:
  - name: an ordinary meeting # from a colleague
    alias: zoom
    message: messages/meeting.eml
    expect: { verdict: learning, action: pass } # no history yet
  - name: a meeting in the name of a lure
    alias: zoom
    message: messages/meeting.eml
    replace: { Ben Weber: '${lure}' }
    expect: { verdict: clean, action: pass, signals: [wallet] } # to be told
  - name: mail of somebody else
    alias: docusign
    message: messages/meeting.eml
    expect: { verdict: learning }
`;

async function writeCases(content: string): Promise<string> {
  await mkdir(join(rules.path, 'tests', 'messages'), { recursive: true });
  await rules.write('tests/messages/meeting.eml', message);
  await rules.write('tests/zoom.yaml', content);
  return join(rules.path, 'tests', 'zoom.yaml');
}

/** Paths, times and the version of the rules differ from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(`${rules.path}/`, '')
    .replace(/in \d+\.\d s under ruleset [0-9a-f]{12}/g, 'in 0.0 s under ruleset 0')
    .replace(/[\d.]+ bits for .*/g, 'because');
}

describe('rules test', () => {
  test('tells of each case that fails where it stands, what came and why', async () => {
    await writeCases(cases);
    const { code, stdout, stderr } = await shell.run(['rules', 'test', rules.path]);
    assert.equal(stderr, '');
    assert.equal(
      steady(stdout),
      `FAIL a meeting in the name of a lure
  tests/zoom.yaml:7
  verdict    expected clean, was anomalous
  action     expected pass, was quarantine
  signals    expected wallet, was display-name-class, subject-class, subject-lure, display-name
  reason     because

FAIL mail of somebody else
  tests/zoom.yaml:12
  alias      expected docusign, was zoom

3 cases: 1 passed, 2 failed in 0.0 s under ruleset 0
`,
    );
    assert.equal(code, 1);
  });

  test('--only takes some of them, by name or file', async () => {
    await writeCases(cases);
    const { code, stdout } = await shell.run(['rules', 'test', rules.path, '--only', 'ORDINARY']);
    assert.equal(steady(stdout), '1 case: 1 passed in 0.0 s under ruleset 0\n');
    assert.equal(code, 0);
    const none = await shell.run(['rules', 'test', rules.path, '--only', 'webex']);
    assert.match(
      none.stderr,
      /no case has "webex" in its name or file; without --only all 3 are run/,
    );
    assert.equal(none.code, 2);
  });

  test('--json is one object', async () => {
    await writeCases(cases);
    const { code, json } = await shell.runJson(['rules', 'test', rules.path]);
    const failed = json['failed'] as readonly Readonly<Record<string, unknown>>[];
    assert.equal(code, 1);
    assert.deepEqual(
      [json['ok'], json['cases'], json['passed'], failed.map(({ name, line }) => [name, line])],
      [
        false,
        3,
        1,
        [
          ['a meeting in the name of a lure', 7],
          ['mail of somebody else', 12],
        ],
      ],
    );
  });

  test('--update shows a diff and writes nothing; --write keeps comments and permissions', async () => {
    const file = await writeCases(cases);
    await chmod(file, 0o640);
    const shown = await shell.run(['rules', 'test', rules.path, '--update']);
    assert.equal(shown.code, 1);
    assert.match(
      shown.stdout,
      /^-    expect: \{ verdict: clean, action: pass, signals: \[wallet\] \} # to be told\n\+    expect: \{ verdict: anomalous, action: quarantine, signals: \[\] \} # to be told$/m,
    );
    assert.match(shown.stdout, /^FAIL mail of somebody else$/m);
    assert.match(shown.stdout, /^1 file would change: look at the diff, then add --write$/m);
    assert.equal(await readFile(file, 'utf8'), cases);

    const written = await shell.run(['rules', 'test', rules.path, '--update', '--write']);
    assert.match(written.stdout, /^1 file written$/m);
    assert.equal(
      await readFile(file, 'utf8'),
      cases.replace(
        'verdict: clean, action: pass, signals: [wallet]',
        'verdict: anomalous, action: quarantine, signals: []',
      ),
    );
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(join(rules.path, 'tests')), ['messages', 'zoom.yaml']);
    assert.equal(written.code, 1, 'no update mends who a message is from');
    const again = await shell.run(['rules', 'test', rules.path, '--update', '--only', 'lure']);
    assert.match(again.stdout, /^nothing to update$/m);
    assert.equal(again.code, 0);
  });

  test('what cannot be run is told with its place, and exits with 2', async () => {
    await writeCases('cases:\n  - name: a\n    alias: zoon\n    message: messages/meeting.eml\n');
    const wrong = await shell.run(['rules', 'test', rules.path]);
    assert.match(wrong.stderr, /tests\/zoom\.yaml:3:12: no alias is called `zoon`/);
    assert.match(wrong.stderr, /did you mean `zoom`\?/);
    assert.equal(wrong.code, 2);
    const checked = await shell.run(['rules', 'check', rules.path]);
    assert.match(checked.stderr, /zoom\.yaml:3:12: .*no alias is called `zoon`/);
    assert.equal(checked.code, 0, 'cases change no verdict');
    await rm(join(rules.path, 'tests', 'zoom.yaml'));
    const empty = await shell.run(['rules', 'test', rules.path]);
    assert.match(empty.stderr, /has no cases: write some in /);
    assert.equal(empty.code, 2);
    const alone = await shell.run(['rules', 'test', rules.path, '--write']);
    assert.match(alone.stderr, /--write belongs to --update/);
    assert.equal(alone.code, 2);
  });

  test('a case may expect that a condition matches', async () => {
    await rules.write(
      'conditions.yaml',
      `conditions:
  - id: refund-in-subject
    name: A refund in the subject
    when: message.subject.mentions(["refund"])
    effect: { action: tag }
`,
    );
    await writeCases(`cases:
  - name: it matches
    alias: zoom
    message: messages/meeting.eml
    replace: { Ben Weber: Your refund }
    expect: { action: tag, conditions: [refund-in-subject] }
  - name: it does not
    alias: zoom
    message: messages/meeting.eml
    expect: { conditions: [refund-in-subject] }
`);
    const { stdout, code } = await shell.run(['rules', 'test', rules.path]);
    assert.equal(
      steady(stdout),
      `FAIL it does not
  tests/zoom.yaml:7
  conditions expected refund-in-subject, was none

2 cases: 1 passed, 1 failed in 0.0 s under ruleset 0
`,
    );
    assert.equal(code, 1);
    await rm(join(rules.path, 'conditions.yaml'));
  });

  test('cases do not change the version of the rules', async () => {
    const versionOf = async () =>
      (await shell.runJson(['rules', 'check', rules.path])).json['version'];
    await writeCases(cases);
    const before = await versionOf();
    await writeCases(cases.replace('colleague', 'friend'));
    assert.equal(await versionOf(), before);
    assert.ok(before);
    await writeFile(join(rules.path, 'policy.yaml'), 'mode: shadow\n');
    assert.notEqual(await versionOf(), before);
  });
});
