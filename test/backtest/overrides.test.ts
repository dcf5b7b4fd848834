import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { activate } from '../../src/activate-rules.ts';
import { backtest, type BacktestResult } from '../../src/backtest/backtest.ts';
import { gateOf } from '../../src/backtest/gate.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import type { ActiveRules } from '../../src/dependencies.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import { readWithOf } from '../../src/vectors/read-with.ts';
import { smallCopyOfRules } from '../config/rule-directory.ts';
import { appraisedMail, mailAliases } from '../support/appraised-mail.ts';
import { toKeep } from '../support/kept-mail.ts';

const pseudonym = createPseudonym(Buffer.alloc(32, 7));
const directory = await smallCopyOfRules();
after(() => directory[Symbol.asyncDispose]());

async function rulesWith(overrides: string): Promise<ActiveRules> {
  const watch = mailAliases.map(({ address }) => address).join(', ');
  await directory.write('policy.yaml', `watch: [${watch}]\n${overrides}`);
  const loading = await loadRules(directory.path);
  assert.ok(loading.ok, JSON.stringify(loading));
  return activate(loading.rules, { mode: null });
}

const inForce = await rulesWith('');
const mail = await appraisedMail({ count: 80, rules: inForce, pseudonym });

/** All mail as if each message had gone to these; ids say whom. */
function keptFor(...recipients: readonly string[]) {
  return mail.map((one) => {
    const { analysis, transaction, rules } = toKeep(one, inForce);
    const envelope = { ...transaction.envelope, rcptTo: recipients };
    const found = keptFrom({
      transaction: { ...transaction, id: recipients.join(), envelope },
      ...{ analysis, rules, pseudonym, readWith: readWithOf(inForce.lists) },
    });
    assert.ok(found);
    return found;
  });
}

const asTagged = 'set: { tag: { floorBits: 0, budget: 0.1 } }';

/** For whom of these mail would be tagged that is not tagged now. */
async function newlyTagged(
  selector: string,
  recipients: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const candidate = await rulesWith(`overrides:\n  - for: { ${selector} }\n    ${asTagged}\n`);
  const vectors = recipients.flatMap((each) => keptFor(...each));
  const result: BacktestResult = backtest({
    ...{ vectors, inForce, candidate, pseudonym },
    counts: new Map(),
  });
  assert.ok(result.changes.every(({ kind }) => kind === 'newly-tagged'));
  const examples = result.changes.flatMap(({ examples }) => examples.map(({ id }) => id));
  return [...new Set(examples)].sort();
}

test('an override for a domain changes what is foretold for its recipients alone', async () => {
  const to = [['ann@finance.example'], ['ann@sub.finance.example'], ['ann@site.example']];
  assert.deepEqual(await newlyTagged('recipientDomains: [finance.example]', to), [
    'ann@finance.example',
  ]);
});

test('a domain is the same in upper case and in letters of its own', async () => {
  const to = [
    ['Ann@FINANCE.Example'],
    ['ben@Büro.example'],
    ['ben@xn--bro-hoa.EXAMPLE'],
    ['cleo@buro.example'],
  ];
  const domains = 'recipientDomains: [finance.example, xn--bro-hoa.example]';
  assert.deepEqual(await newlyTagged(domains, to), [
    'Ann@FINANCE.Example',
    'ben@Büro.example',
    'ben@xn--bro-hoa.EXAMPLE',
  ]);
});

test('an override for a recipient is for nobody else in the domain', async () => {
  const to = [['CEO@finance.example'], ['"ceo"@Finance.example'], ['ann@finance.example']];
  assert.deepEqual(await newlyTagged('recipient: ceo@finance.example', to), [
    '"ceo"@Finance.example',
    'CEO@finance.example',
  ]);
  assert.deepEqual(await newlyTagged('recipient: nobody@finance.example', to), []);
});

test('a number of alerts a day of some mail is named, and no change is made up from it', async () => {
  const override = `overrides:
  - for: { recipientDomains: [finance.example] }
    set: { tag: { alertsPerDay: 5 } }
`;
  const before = await rulesWith(override);
  const candidate = await rulesWith(`${override}backtest: { days: 60 }\n`);
  // Of the little mail of that domain five a day are a large share: it was tagged.
  const vectors = [
    ...keptFor('ann@finance.example').map((message) => ({
      ...message,
      ruleset: before.version,
      outcome: { ...message.outcome, verdict: 'suspicious', action: 'tag' } as const,
    })),
    ...keptFor('ann@site.example').map((message) => ({ ...message, ruleset: before.version })),
  ];
  const input = { vectors, inForce: before, candidate, pseudonym, counts: new Map() };
  const result = backtest(input);
  assert.deepEqual(result.changes, []);
  assert.deepEqual(result.notBacktestable, [
    {
      what: 'tag.alertsPerDay for recipient domain finance.example: how much mail that is a day is not kept, so that both sets are held against it with the usual share instead',
      messages: 80,
      gateSays:
        'tag.alertsPerDay for recipient domain finance.example is not backtestable (80 kept messages)',
    },
  ]);
  const { passes, reasons } = gateOf(result, before.policy.activation.gate);
  assert.equal(passes, true);
  assert.match(reasons.join(), /tag\.alertsPerDay .* is not backtestable \(80 kept messages\)$/);
});
