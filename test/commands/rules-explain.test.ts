import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const rules = await smallCopyOfRules();
after(() => rules[Symbol.asyncDispose]());
await rules.write(
  'policy.yaml',
  `tag: { alertsPerDay: 5 }
overrides:
  - for: { alias: zoom }
    set: { quarantine: { floorBits: 15 }, limits: { alias: { perHour: 200, action: defer } } }
  - for: { recipientDomains: [finance.example.com] }
    set: { mode: enforce }
  - for: { recipient: ceo@finance.example.com, function: security }
    set: { actions: { anomalous: tag } }
`,
);

async function explain(...flags: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await shell.run(['rules', 'explain', rules.path, ...flags]);
  return stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
}

test('each setting says where it comes from: a default, a line, the uppermost override', async () => {
  const lines = await explain(
    '--alias',
    'zoom',
    '--function',
    'security',
    '--rcpt',
    'ceo@finance.example.com',
  );
  for (const line of [
    'mode | enforce | policy.yaml:6 overrides[1] (for recipientDomain finance.example.com)',
    'actions.suspicious | tag | default',
    'actions.anomalous | tag | policy.yaml:8 overrides[2] (for function security and recipient ceo@finance.example.com)',
    'tag.alertsPerDay | 5 | policy.yaml:1',
    'quarantine.floorBits | 15 | policy.yaml:4 overrides[0] (for alias zoom)',
    'limits.alias | defer above 200 an hour | policy.yaml:4 overrides[0] (for alias zoom)',
    'quarantine.maxHeldPerHour | 1000 | default',
  ])
    assert.ok(lines.includes(line), `${line}\n in \n${lines.join('\n')}`);
});

test('mail of anybody is as the policy itself says', async () => {
  const lines = await explain();
  assert.ok(lines.includes('quarantine.floorBits | 12 | default'));
  assert.ok(lines.includes('mode | tag | default'));
});

test('recipients who may not share a transaction are named', async () => {
  const lines = await explain('--rcpt', 'ann@finance.example.com', '--rcpt', 'bob@example.org');
  assert.ok(lines.some((line) => line.startsWith('bob@example.org may not share a transaction')));
});

test('--mode comes last', async () => {
  const lines = await explain('--mode', 'shadow', '--rcpt', 'ann@finance.example.com');
  assert.ok(lines.includes('mode | shadow | --mode'));
});

test('--json gives the same as one object', async () => {
  const { stdout } = await shell.run(['rules', 'explain', rules.path, '--alias', 'zoom', '--json']);
  const told = JSON.parse(stdout) as {
    readonly alias: string;
    readonly settings: readonly {
      readonly path: string;
      readonly value: unknown;
      readonly from: string;
    }[];
  };
  assert.equal(told.alias, 'zoom');
  const floor = told.settings.find(({ path }) => path === 'quarantine.floorBits');
  assert.deepEqual(
    [floor?.value, floor?.from],
    [15, 'policy.yaml:4 overrides[0] (for alias zoom)'],
  );
});

for (const [flag, name, hint] of [
  ['--alias', 'zoon', 'no alias is called zoon; did you mean zoom?'],
  ['--vendor', 'Docusgn', 'no vendor is called Docusgn; did you mean Docusign?'],
  ['--function', 'x', 'no function is called x; one of: otp, security, billing, share, marketing'],
] as const)
  test(`${flag} ${name} is refused`, async () => {
    const { code, stderr } = await shell.run(['rules', 'explain', rules.path, flag, name]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(hint.replaceAll('?', '\\?')));
  });
