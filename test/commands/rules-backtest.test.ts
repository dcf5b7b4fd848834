import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { activate } from '../../src/activate-rules.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { mailAliases } from '../support/appraised-mail.ts';
import { keepMail } from '../support/kept-mail.ts';
import { openVectorsFile } from '../../src/vectors/vectors-file.ts';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const current = await smallCopyOfRules();
const candidate = await smallCopyOfRules();
after(() => Promise.all([current, candidate].map((rules) => rules[Symbol.asyncDispose]())));

const watch = `watch: [${mailAliases.map(({ address }) => address).join(', ')}]\n`;
const strict = `${watch}tag: { floorBits: 0, budget: 0.1 }\n`;
const content = `conditions:
  - id: says-refund
    name: says refund
    description: reads the message
    when: message.text.mentions(["refund"])
    effect: { bits: 1 }
`;

before(async () => {
  await current.write('policy.yaml', watch);
  await candidate.write('policy.yaml', strict);
  const loading = await loadRules(current.path);
  assert.ok(loading.ok);
  const rules = activate(loading.rules, { mode: null });
  await keepMail(shell.path('state'), { count: 80, until: new Date(), rules });
});

const golden = `VERSION instead of VERSION: 80 kept messages of 4 aliases, drawn from 80 scored ones; "at most" is the 95 % upper bound.
The gate of the rules in force would refuse it: 5 % of mail would be tagged that is not tagged now; activation.gate.maxNewlyTaggedShare allows 1 %.

                  kept  share  at most  of all scored mail
newly held        0     0 %    0 %      about 0 of 80
newly tagged      4     5 %    5 %      about 4 of 80
no longer held    0     0 %    0 %      about 0 of 80
no longer tagged  0     0 %    0 %      about 0 of 80

change        alias                  cause                kept  share  at most  of its mail    examples
newly tagged  billing-maple-example  callback-in-subject  1     5 %    5 %      about 1 of 20  <i>35 N → N bits
newly tagged  docusign               callback-in-subject  1     5 %    5 %      about 1 of 20  <i>33 N → N bits
newly tagged  no-reply-calendly-com  callback-in-subject  1     5 %    5 %      about 1 of 20  <i>34 N → N bits
newly tagged  service-paypal-com     callback-in-subject  1     5 %    5 %      about 1 of 20  <i>32 N → N bits
`;

const backtest = ['rules', 'backtest', candidate.path, '--rules-dir', current.path];

type Json = {
  readonly kept: number;
  readonly scored: number;
  readonly aliases: readonly { readonly alias: string; readonly kept: number }[];
  readonly changes: readonly { readonly kind: string; readonly alias: string }[];
  readonly totals: Readonly<Record<string, { readonly kept: number }>>;
  readonly notBacktestable: readonly { readonly what: string; readonly messages: number }[];
  readonly gate: { readonly passes: boolean; readonly reasons: readonly string[] };
};

async function json(...flags: readonly string[]): Promise<Json> {
  const { code, json, stderr } = await shell.runJson([...backtest, ...flags]);
  assert.equal(code, 0, stderr);
  return json as Json;
}

test('says for each alias and cause what would be tagged, and what the gate would say', async () => {
  const { code, stdout } = await shell.run(backtest);
  assert.equal(code, 0);
  const plain = stdout
    .replace(/\b[0-9a-f]{12}\b/g, 'VERSION')
    .replace(/-?[\d.]+ → -?[\d.]+ bits/g, 'N → N bits')
    .replace(/ +$/gm, '');
  assert.equal(plain, golden);
});

test('--json has everything, and --since and --alias narrow it down', async () => {
  const all = await json();
  assert.deepEqual([all.kept, all.scored, all.aliases.length], [80, 80, 4]);
  assert.deepEqual(all.notBacktestable, []);
  const lately = await json('--since', '7d');
  assert.ok(lately.kept > 10 && lately.kept < 40, `${lately.kept} of 20 days`);
  const dated = await json(
    '--since',
    new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10),
  );
  assert.equal(dated.kept, lately.kept);
  const one = await json('--alias', 'docusign');
  assert.deepEqual(
    one.aliases.map(({ alias, kept }) => [alias, kept]),
    [['docusign', 20]],
  );
});

test('--html writes a page in which ids are text', async () => {
  const page = shell.path('page.html');
  assert.equal((await shell.run([...backtest, '--html', page])).code, 0);
  const html = await readFile(page, 'utf8');
  assert.match(html, /^<!doctype html>/);
  assert.ok(html.includes('&lt;i&gt;35'));
  assert.ok(!html.includes('<i>'));
});

test('an alias that nobody knows is a slip, not mail without changes', async () => {
  const { code, stderr, stdout } = await shell.run([...backtest, '--alias', 'docusing']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /no alias is called docusing; did you mean docusign\?/);
});

test('a selection without mail, and a file without any, say that nothing can be told', async () => {
  const empty = shell.path('empty');
  await mkdir(empty);
  openVectorsFile(`${empty}/vectors.db`)[Symbol.dispose]();
  for (const flags of [
    ['--since', '2100-01-01'],
    ['--alias', 'zoom'],
    ['--state-dir', empty],
  ]) {
    const { kept, gate } = await json(...flags);
    assert.equal(kept, 0);
    assert.match(gate.reasons.join(), /not enough kept mail to tell/);
    const { stdout } = await shell.run([...backtest, ...flags]);
    assert.match(
      stdout,
      /^No kept message to hold .*\nThe gate of the rules in force would let it pass: not enough kept mail to tell: 0 messages.*\n$/,
    );
  }
});

test('what kept mail cannot tell is named: conditions on the message, lists', async (t) => {
  t.after(() => candidate.write('conditions.yaml', 'conditions: []\n'));
  await candidate.write('conditions.yaml', content);
  const lists = await readFile(`${candidate.path}/lists.yaml`, 'utf8');
  t.after(() => candidate.write('lists.yaml', lists));
  await candidate.write('lists.yaml', lists.replace('bit.ly', 'bit.ly, t.co'));
  const { notBacktestable } = await json();
  assert.deepEqual(notBacktestable, [
    {
      what: 'urlShorteners in lists.yaml changed: messages were read with the other one',
      messages: 80,
    },
    {
      what: 'condition says-refund reads the message itself, which is not kept: it is taken as met where one of its name was met then',
      messages: 80,
    },
  ]);
  const { stdout } = await shell.run(backtest);
  assert.match(stdout, /^Not backtestable: condition says-refund .* \(80 kept messages\)\.$/m);
});

test('mail that was read with other lists than those in force is not comparable', async () => {
  const { notBacktestable } = await json('--against', candidate.path);
  assert.deepEqual(notBacktestable, []);
  await using other = await smallCopyOfRules();
  await other.write('policy.yaml', watch);
  await other.write('languages/en.yaml', 'lureWords: {refund: 5}\ncommonWords: [the]\n');
  const against = await json('--against', other.path);
  assert.match(against.notBacktestable[0]?.what ?? '', /not comparable/);
  assert.equal(against.notBacktestable[0]?.messages, 80);
});

test('a candidate that is broken is named with its place, and nothing is compared', async (t) => {
  t.after(() => candidate.write('policy.yaml', strict));
  await candidate.write('policy.yaml', `${watch}tag: { floorBit: 0 }\n`);
  const { code, stdout, stderr } = await shell.run(backtest);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /policy\.yaml:2:\d+: .*floorBit/);
});

test('without kept mail, and without a date that is one, the command says what to do', async () => {
  const nowhere = await shell.run([...backtest, '--state-dir', shell.path('nowhere')]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /vectors\.db does not exist: .* --state-dir/);
  const wrong = await shell.run([...backtest, '--since', 'monday']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--since monday is neither a date nor days/);
});
