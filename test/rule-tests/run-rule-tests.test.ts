import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadRuleTests } from '../../src/rule-tests/load-rule-tests.ts';
import { runRuleTests, type RuleTestRun } from '../../src/rule-tests/run-rule-tests.ts';
import { shippedRuleSet as rules } from '../support/shipped-rule-set.ts';

const parent = await mkdtemp(join(tmpdir(), 'aliaswatch-rule-tests-'));
after(() => rm(parent, { recursive: true, force: true }));
let directories = 0;

const ordinary = `From: "Microsoft on behalf of Contoso Bakery" <msonlineservicesteam@microsoftonline.com>
To: anna@example.com
Subject: Contoso Bakery account email verification code
Content-Type: text/html; charset=utf-8

<html><body class="mail"><p class="lead">Enter this code to prove that the mailbox anna@example.com is yours.</p>
<div class="code"><span>482913</span></div><p>Sincerely, Contoso Bakery</p>
<p><a href="https://go.microsoft.com/fwlink/?LinkId=521839">Privacy</a></p></body></html>
`;

const history = `baseline:
      like: messages/ordinary.eml
      messages: 210
      days: 30
      vary: { Contoso Bakery: [Fabrikam, Northwind Traders, Adatum, Tailspin Toys] }`;

const lure = 'PayPal USD 498.95 charged. Call +1 802 538 3069 within 24 hours to cancel';

/** Runs one file of cases beside one message, under the shipped rules. */
async function run(cases: string): Promise<RuleTestRun> {
  const directory = join(parent, String(++directories));
  for (const [name, content] of [
    ['tests/cases.yaml', `cases:\n${cases}`],
    ['tests/messages/ordinary.eml', ordinary],
  ] as const) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  const found = await loadRuleTests(directory, rules);
  assert.ok(found.ok, JSON.stringify(found));
  return runRuleTests(rules, found.tests);
}

function differences({ failed }: RuleTestRun): readonly string[] {
  return failed.flatMap((failure) =>
    failure.differences.map(
      ({ what, expected, actual }) => `${failure.test.name}: ${what}: ${expected}, was ${actual}`,
    ),
  );
}

describe('cases with a history', () => {
  test('the lure is held, its honest twin is clean, and both share one history', async () => {
    const result = await run(`
  - name: lure
    alias: microsoft-online-services
    message: messages/ordinary.eml
    replace: { Contoso Bakery: '${lure}' }
    ${history}
    expect: { verdict: anomalous, action: quarantine, signals: [phone, subject-lure], bits: { min: 12, max: 90 }, cause: callback-in-subject }
  - name: twin
    alias: microsoft-online-services
    message: messages/ordinary.eml
    replace: { Contoso Bakery: Litware Physiotherapy }
    ${history}
    expect: { verdict: clean, action: pass, bits: { max: 6 } }
  - name: stated
    alias: microsoft-online-services
    features: { phone: 1, phone-lure: 3, subject-lure: 4 }
    ${history}
    expect: { verdict: anomalous, signals: [phone, phone-lure, subject-lure] }
`);
    assert.deepEqual(differences(result), []);
    assert.equal(result.passed, 3);
  });

  test('every expectation that does not hold is named, beside the reason', async () => {
    const result = await run(`
  - name: lure
    alias: microsoft-online-services
    message: messages/ordinary.eml
    replace: { Contoso Bakery: '${lure}' }
    ${history}
    expect: { verdict: clean, action: pass, signals: [wallet, phone], bits: { max: 5 }, cause: dkim-replay }
`);
    const [failure] = result.failed;
    assert.deepEqual(
      failure?.differences.map(({ what, expected }) => `${what}: ${expected}`),
      [
        'verdict: clean',
        'action: pass',
        'cause: dkim-replay',
        'signals: wallet',
        'bits: at most 5',
      ],
    );
    assert.match(failure.outcome?.reason ?? '', /phone \+18025383069 in the subject/);
    assert.equal(result.passed, 0);
  });

  test('a history that is flagged itself proves nothing', async () => {
    const result = await run(`
  - name: taught with the lure
    alias: microsoft-online-services
    message: messages/ordinary.eml
    baseline:
      like: messages/ordinary.eml
      vary: { Contoso Bakery: ['${lure}'] }
    expect: { verdict: clean }
`);
    assert.match(
      differences(result)[0] ?? '',
      /^taught with the lure: baseline: ordinary mail that is clean, was \d+ of \d+ flagged: /,
    );
  });
});

describe('who a message is from', () => {
  test('another alias than the case says fails it', async () => {
    const result = await run(`
  - name: misnamed
    alias: paypal-service
    message: messages/ordinary.eml
    expect: { verdict: learning }
`);
    assert.deepEqual(differences(result), [
      'misnamed: alias: paypal-service, was microsoft-online-services',
    ]);
  });

  test('without a signature it claims the alias', async () => {
    const result = await run(`
  - name: claim
    alias: microsoft-online-services
    message: messages/ordinary.eml
    authenticated: false
    expect: { verdict: impersonation, action: tag }
  - name: nobody
    alias: none
    message: messages/ordinary.eml
    replace: { msonlineservicesteam@microsoftonline.com: clerk@shop.example }
    expect: { verdict: unwatched, action: pass }
  - name: look-alike
    alias: microsoft-online-services
    message: |
      From: Team <msonlineservicesteam@microsoft0nline.com>
      To: anna@example.com
      Subject: Contoso account email verification code

      482913
    expect: { verdict: impersonation }
`);
    assert.deepEqual(differences(result), []);
  });
});

test('what has no time to run fails, and says so', async () => {
  const directory = join(parent, 'slow');
  await mkdir(join(directory, 'tests'), { recursive: true });
  await writeFile(
    join(directory, 'tests', 'cases.yaml'),
    'cases:\n  - {name: a, alias: paypal-service, features: {phone: 1}, expect: {verdict: learning}}\n',
  );
  const found = await loadRuleTests(directory, rules);
  assert.ok(found.ok);
  const { passed, failed } = await runRuleTests(rules, found.tests, { limitMs: 0 });
  assert.equal(passed, 0);
  assert.equal(failed[0]?.differences[0]?.actual, 'not run: all cases together took more than 0 s');
});

test('a case that expects nothing yet fails', async () => {
  const result = await run(`
  - name: new
    alias: microsoft-online-services
    message: messages/ordinary.eml
`);
  assert.deepEqual(differences(result), [
    'new: expect: a verdict (none is written yet), was learning',
  ]);
});

test('a directory without tests has no cases', async () => {
  const found = await loadRuleTests(join(parent, 'nowhere'), rules);
  assert.deepEqual(found, { ok: true, tests: [] });
});
