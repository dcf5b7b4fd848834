import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { startZoneServer, type ZoneServer } from '../../src/commands/demo/zone-server.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { vendorZone } from '../support/zone.ts';
import { entraAddress, entraHistory, entraMail, mboxOf, type EntraMail } from './entra-mail.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const store = `sqlite:${shell.path('learned.db')}`;
const end = new Date('2026-11-20T12:00:00Z');
const at = '2026-11-21T09:00:00Z';

/** The tenant name that the press published. */
const lure =
  'Your Bitcoin Purchased of USD 498.95 Completed through PayPal. Reach Support Desk at 802 538 3069 to CanceI or Renew.';

function mail(changes: Partial<EntraMail> = {}): string {
  return entraMail({
    tenant: 'Quillback Instruments',
    recipient: 'ben@example.com',
    sentAt: new Date(at),
    code: '424243',
    ...changes,
  });
}

const files = {
  'honest.eml': mail(),
  'lure.eml': mail({ tenant: lure }),
  'lure-in-subject.eml': mail({ tenant: 'Alder Foods', subjectTenant: lure }),
  'unwatched.eml': 'From: a@example.org\r\nTo: b@example.com\r\nSubject: hi\r\n\r\nhello\r\n',
};

before(async () => {
  for (const [name, content] of Object.entries(files)) await writeFile(shell.path(name), content);
  await writeFile(shell.path('history.mbox'), mboxOf(entraHistory(200, end)));
  const { code, stderr } = await shell.run([
    'learn',
    shell.path('history.mbox'),
    '--assume-authenticated',
    '--store',
    store,
  ]);
  assert.equal(code, 0, stderr);
});

const vouched = ['--assume-authenticated', '--at', at];
const learned = [...vouched, '--store', store];

type Evidence = {
  readonly signal: string;
  readonly bits: number;
  readonly observed: string;
  readonly baseline: string;
};

function evidenceOf(json: Readonly<Record<string, unknown>>): readonly Evidence[] {
  return json['evidence'] as readonly Evidence[];
}

describe('200 learned messages over 30 days, 60 tenants', () => {
  for (const file of ['lure.eml', 'lure-in-subject.eml']) {
    test(`${file}: the published tenant name is held, and the reason names the subject`, async () => {
      const { code, json } = await shell.runJson(['check', shell.path(file), ...learned]);
      assert.equal(json['action'], 'quarantine');
      assert.equal(json['verdict'], 'anomalous');
      assert.equal(code, 11);
      assert.match(json['reason'] as string, /subject/);
    });
  }

  test('honest mail with a tenant name never seen before passes', async () => {
    const { code, json } = await shell.runJson(['check', shell.path('honest.eml'), ...learned]);
    assert.equal(json['action'], 'pass');
    assert.equal(json['reason'], '');
    assert.equal(code, 0);
  });
});

describe('check --json', () => {
  const keys = [
    'alias',
    'verdict',
    'action',
    'effectiveAction',
    'scoreBits',
    'pValue',
    'cause',
    'benignCause',
    'n',
    'mature',
    'reason',
    'conditions',
    'evidence',
    'authentication',
    'ruleset',
  ];

  test('has exactly the keys and types of the contract', async () => {
    const { json } = await shell.runJson(['check', shell.path('lure.eml'), ...learned]);
    assert.deepEqual(Object.keys(json), keys);
    const types = Object.fromEntries(
      Object.entries(json).map(([key, value]) => [
        key,
        Array.isArray(value) ? 'array' : typeof value,
      ]),
    );
    assert.deepEqual(types, {
      ...Object.fromEntries(
        [
          'alias',
          'verdict',
          'action',
          'effectiveAction',
          'cause',
          'benignCause',
          'reason',
          'ruleset',
        ].map((key) => [key, 'string']),
      ),
      ...Object.fromEntries(['scoreBits', 'pValue', 'n'].map((key) => [key, 'number'])),
      mature: 'boolean',
      conditions: 'array',
      evidence: 'array',
      authentication: 'object',
    });
    assert.equal(json['alias'], 'microsoft-online-services');
    assert.deepEqual(json['authentication'], {
      spf: 'none',
      dkim: 'pass',
      dmarc: 'pass',
      arc: 'none',
    });
    for (const term of evidenceOf(json))
      assert.deepEqual(Object.keys(term), ['signal', 'bits', 'observed', 'baseline']);
  });

  test('evidence adds up to the score', async () => {
    for (const file of ['lure.eml', 'honest.eml']) {
      const { json } = await shell.runJson(['check', shell.path(file), ...learned]);
      const sum = evidenceOf(json).reduce((total, { bits }) => total + bits, 0);
      assert.ok(Math.abs(sum - (json['scoreBits'] as number)) < 1e-9, file);
      assert.ok((json['n'] as number) > 150, 'the history was read');
    }
  });

  test('mail of nobody watched has no alias and no evidence', async () => {
    const { code, json } = await shell.runJson(['check', shell.path('unwatched.eml'), ...vouched]);
    const { authentication, ruleset, ...rest } = json;
    assert.ok(authentication !== undefined && ruleset !== undefined);
    assert.deepEqual(rest, {
      alias: null,
      verdict: 'unwatched',
      action: 'pass',
      effectiveAction: 'pass',
      scoreBits: 0,
      pValue: 1,
      cause: null,
      benignCause: null,
      n: 0,
      mature: false,
      reason: '',
      conditions: [],
      evidence: [],
    });
    assert.equal(code, 0);
  });

  test('--watch-all makes an alias of it', async () => {
    const { json } = await shell.runJson([
      'check',
      shell.path('unwatched.eml'),
      ...vouched,
      '--watch-all',
    ]);
    assert.equal(json['alias'], 'a-example-org');
  });

  test('the mode changes what is done, not what is decided', async () => {
    for (const [mode, effectiveAction] of [
      ['shadow', 'pass'],
      ['tag', 'tag'],
      ['enforce', 'quarantine'],
    ] as const) {
      const { code, json } = await shell.runJson([
        'check',
        shell.path('lure.eml'),
        ...learned,
        '--mode',
        mode,
      ]);
      assert.deepEqual(
        [json['action'], json['effectiveAction'], code],
        ['quarantine', effectiveAction, 11],
      );
    }
  });
});

describe('what check reads', () => {
  test('standard input, with any line endings, and an mbox of one message', async () => {
    const expected = (await shell.runJson(['check', shell.path('lure.eml'), ...learned])).json[
      'scoreBits'
    ];
    const asLines = files['lure.eml'].replaceAll('\r\n', '\n');
    for (const stdin of [
      files['lure.eml'],
      asLines,
      `From x Sun Nov  1 09:30:00 2026\n${asLines}`,
    ]) {
      const { json } = await shell.runJson(['check', '-', ...learned], { stdin });
      assert.equal(json['scoreBits'], expected);
    }
  });

  test('the store, which it leaves as it is', async () => {
    const before = await readFile(shell.path('learned.db'));
    const names = await readdir(shell.directory);
    await shell.run(['check', shell.path('lure.eml'), ...learned]);
    assert.deepEqual(await readFile(shell.path('learned.db')), before);
    assert.deepEqual(await readdir(shell.directory), names);
  });

  test('without a store packs and lists alone, and nothing is created', async () => {
    const names = await readdir(shell.directory);
    const { json } = await shell.runJson(['check', shell.path('lure.eml'), ...vouched]);
    assert.deepEqual([json['n'], json['mature']], [0, false]);
    assert.notEqual(json['action'], 'pass');
    assert.deepEqual(await readdir(shell.directory), names);
  });

  test('history as it was --at that time', async () => {
    const early = ['--assume-authenticated', '--store', store, '--at', '2026-10-26T00:00:00Z'];
    const { json } = await shell.runJson(['check', shell.path('honest.eml'), ...early]);
    assert.ok((json['n'] as number) > 0 && (json['n'] as number) < 60, String(json['n']));
  });

  test('the sending path only with --peer-ip', async () => {
    const hasPath = async (...path: string[]) => {
      const { json } = await shell.runJson([
        'check',
        shell.path('honest.eml'),
        ...learned,
        ...path,
      ]);
      return evidenceOf(json).some(({ observed }) => observed.includes('To or Cc'));
    };
    const stranger = ['--rcpt', 'somebody@example.net'];
    assert.equal(await hasPath(...stranger), false);
    assert.equal(
      await hasPath(
        ...stranger,
        '--peer-ip',
        '192.0.2.7',
        '--helo',
        'out.example',
        '--mail-from',
        '<>',
      ),
      true,
    );
  });
});

test('as a process: one object on standard output, the exit code by the action', async () => {
  const { code, stdout, stderr } = await shell.spawn([
    'check',
    'lure.eml',
    ...vouched,
    '--store',
    'sqlite:learned.db',
    '--json',
  ]);
  assert.equal(stderr, '');
  assert.equal((JSON.parse(stdout) as { readonly action: unknown }).action, 'quarantine');
  assert.equal(code, 11);
});

test('people read a verdict and terms that add up', async () => {
  const { code, stdout, stderr } = await shell.run(['check', shell.path('lure.eml'), ...learned]);
  assert.equal(code, 11);
  assert.equal(stderr, '');
  assert.match(stdout, /^anomalous: quarantine \(mode tag: tag\)\n/);
  assert.match(stdout, /^history +19\d messages on \d+ days since 2026-10-2\d/m);
  const terms = [...stdout.matchAll(/^ *([+-]\d+\.\d) {2}/gm)].map(([, bits]) =>
    Math.round(Number(bits) * 10),
  );
  const score = Math.round(Number(/^ *= (-?\d+\.\d) {2}score$/m.exec(stdout)?.[1]) * 10);
  assert.ok(terms.length > 3);
  assert.equal(
    terms.reduce((sum, bits) => sum + bits, 0),
    score,
  );
});

describe('with real authentication', () => {
  let dns: ZoneServer;
  before(async () => {
    dns = await startZoneServer(vendorZone('microsoftonline.com'), { host: '127.0.0.1', port: 0 });
    await writeFile(
      shell.path('signed.eml'),
      await signMessage(files['honest.eml'], { domain: 'microsoftonline.com', selector: 'rsa' }),
    );
  });
  after(() => dns[Symbol.asyncDispose]());

  const path = [
    '--peer-ip',
    '192.0.2.7',
    '--mail-from',
    'bounce@microsoftonline.com',
    '--helo',
    'out.microsoftonline.com',
    '--rcpt',
    'ben@example.com',
    '--at',
    at,
  ];

  test('a signed message is the alias', async () => {
    const { code, json } = await shell.runJson([
      'check',
      shell.path('signed.eml'),
      ...path,
      '--dns',
      dns.address,
    ]);
    assert.deepEqual(json['authentication'], {
      spf: 'pass',
      dkim: 'pass',
      dmarc: 'pass',
      arc: 'none',
    });
    assert.deepEqual(
      [json['alias'], json['action'], code],
      ['microsoft-online-services', 'pass', 0],
    );
  });

  test('an unsigned one is an impersonation: tag, or what the policy says', async () => {
    const forged = [
      'check',
      shell.path('honest.eml'),
      '--peer-ip',
      '198.51.100.1',
      '--mail-from',
      entraAddress,
      '--at',
      at,
      '--dns',
      dns.address,
    ];
    const { code, json } = await shell.runJson(forged);
    assert.deepEqual(
      [json['alias'], json['verdict'], json['action'], code],
      ['microsoft-online-services', 'impersonation', 'tag', 10],
    );
    await cp(fileURLToPath(new URL('../../rules', import.meta.url)), shell.path('strict'), {
      recursive: true,
    });
    const policy = await readFile(shell.path('strict/policy.yaml'), 'utf8');
    for (const action of ['defer', 'reject']) {
      await writeFile(
        shell.path('strict/policy.yaml'),
        policy.replace(/(impersonation:\n\s+action:) \w+/, `$1 ${action}`),
      );
      const strict = await shell.runJson([...forged, '--rules', shell.path('strict')]);
      assert.deepEqual([strict.json['action'], strict.code], [action, 12]);
    }
  });
});
