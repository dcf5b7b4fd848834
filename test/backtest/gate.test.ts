import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backtest } from '../../src/backtest/backtest.ts';
import { upperShare } from '../../src/backtest/binomial-bound.ts';
import { estimate } from '../../src/backtest/estimate.ts';
import { gateOf } from '../../src/backtest/gate.ts';
import { changesTable, notesOf } from '../../src/backtest/report-text.ts';
import { backtestPage } from '../../src/commands/rules/backtest-page.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { readWithOf } from '../../src/vectors/read-with.ts';
import { appraisedMail, shippedRules } from '../support/appraised-mail.ts';

const pseudonym = createPseudonym(Buffer.alloc(32, 7));
const inForce = await shippedRules();
const readWith = readWithOf(inForce.lists);
const vectors = (await appraisedMail({ count: 120, rules: inForce, pseudonym })).map(
  ({ transaction, judgement }): KeptMessage => {
    const analysis = { ...judgement, alias: judgement.appraised?.message.alias.id ?? null };
    const found = keptFrom({ transaction, analysis, rules: inForce, pseudonym, readWith });
    assert.ok(found);
    return found;
  },
);
const counts = new Map(
  [...new Set(vectors.map(({ alias }) => alias))].map((alias) => [
    alias,
    { passed: 300, held: 10 },
  ]),
);
const { tag } = inForce.policy;
const strict = {
  ...inForce,
  version: 'strict',
  policy: { ...inForce.policy, tag: { ...tag, floorBits: -50, budget: 1 } },
};
const limits = { maxNewlyHeldShare: 0.002, maxNewlyTaggedShare: 0.01, minVectors: 50 };

test('the same rules change nothing', () => {
  const result = backtest({ vectors, counts, inForce, candidate: inForce, pseudonym });
  assert.deepEqual(result.changes, []);
  assert.deepEqual(result.notBacktestable, []);
  assert.deepEqual(gateOf(result, limits), {
    passes: true,
    reasons: [],
    shares: { newlyHeld: 0, newlyTagged: 0 },
  });
});

test('a candidate that tags everything is refused, unless too little is kept to tell', () => {
  const result = backtest({ vectors, counts, inForce, candidate: strict, pseudonym });
  const verdict = gateOf(result, limits);
  assert.equal(verdict.passes, false);
  assert.match(verdict.reasons.join(), /of mail would be tagged .*maxNewlyTaggedShare allows 1 %/);
  const few = gateOf(result, { ...limits, minVectors: 1000 });
  assert.equal(few.passes, true);
  assert.match(few.reasons.join(), /not enough kept mail to tell: 120 messages/);
});

test('what was read before it was kept is named', () => {
  const brands = new Map([...inForce.lists.brands, ['acorn', ['acorn.example']]]);
  const lists = { ...inForce.lists, brands };
  const candidate = { ...inForce, version: 'lists', lists };
  const result = backtest({ vectors, counts, inForce, candidate, pseudonym });
  assert.deepEqual(result.notBacktestable, [
    { what: 'brands in lists.yaml changed: messages were read with the other one', messages: 120 },
  ]);
});

test('mail that was read with lists of another time is counted, and named', () => {
  const older = vectors.map((message, index) =>
    index < 30 ? { ...message, readWith: 'older' } : message,
  );
  const result = backtest({ vectors: older, counts, inForce, candidate: inForce, pseudonym });
  assert.deepEqual(
    result.notBacktestable.map(({ messages }) => messages),
    [30],
  );
  assert.match(result.notBacktestable[0]?.what ?? '', /not comparable/);
  // Conditions ask them, and nothing is read with them.
  const sets = new Map([['partners', new Set(['a.example'])]]);
  assert.equal(readWithOf({ ...inForce.lists, sets }), readWith);
});

test('what is done with mail that is never scored is named, and the gate says so', () => {
  const { policy } = inForce;
  const overrides = [
    { for: { vendor: new Set(['zoom']) }, set: { impersonation: { action: 'reject' } as const } },
  ];
  const verdictOf = (changed: Partial<typeof policy>) => {
    const candidate = { ...inForce, version: 'other', policy: { ...policy, ...changed } };
    const result = backtest({ vectors, counts, inForce, candidate, pseudonym });
    const { passes, reasons } = gateOf(result, limits);
    assert.equal(passes, true);
    return { what: result.notBacktestable.map(({ what }) => what), reasons };
  };
  const about = (setting: string) => [
    `not backtestable, since it is about mail that is never scored: ${setting}`,
  ];
  assert.deepEqual(verdictOf({ impersonation: { action: 'quarantine' } }), {
    what: [
      'impersonation.action changed from tag to quarantine: mail that claims an alias is not kept',
    ],
    reasons: about('impersonation.action'),
  });
  assert.deepEqual(verdictOf({ overrides }).reasons, about('impersonation.action of overrides'));
  const failOpen = { ...policy.failOpen, malformed: 'defer' } as const;
  assert.deepEqual(verdictOf({ failOpen, watch: ['*@new.example'] }), {
    what: [
      'failOpen.malformed changed from relay to defer: mail that cannot be analysed is not kept',
      'watch has *@new.example as well: mail from there, or claiming to be, is not kept',
    ],
    reasons: about('failOpen.malformed, watch'),
  });
  assert.deepEqual(verdictOf({ mode: 'shadow' }).reasons, about('mode'));
});

test('without any kept mail there is not enough to tell, whatever the limits', () => {
  const none = { vectors: [], counts: new Map(), inForce, candidate: strict, pseudonym };
  const result = backtest(none);
  const verdict = gateOf(result, { ...limits, minVectors: 0 });
  assert.equal(verdict.passes, true);
  assert.match(verdict.reasons.join(), /^not enough kept mail to tell: 0 messages/);
  assert.match(notesOf(result, verdict)[0] ?? '', /^No kept message to hold strict/);
});

test('a page escapes what comes from rules and mail', () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const result = backtest({
    vectors: vectors.map((message) => ({ ...message, id: hostile })),
    counts,
    inForce,
    candidate: { ...strict, version: hostile },
    pseudonym,
  });
  const named = {
    ...result,
    inForce: hostile,
    changes: result.changes.map((change) => ({ ...change, alias: hostile, cause: hostile })),
    notBacktestable: [{ what: hostile, messages: 1 }],
  };
  const page = backtestPage(named, { ...gateOf(result, limits), reasons: [hostile] });
  // Both versions, alias, cause and an example of each change, what cannot be told, and why.
  const times = page.split('&lt;img src=x').length - 1;
  assert.ok(times >= 4 + 3 * named.changes.length, String(times));
  assert.ok(!page.includes('<img'));
  assert.ok(changesTable(result).rows.length > 0);
  assert.match(notesOf(result, gateOf(result, limits))[0] ?? '', /120 kept messages of 4 aliases/);
});

test('bounds are those of Clopper and Pearson, and exact where all is kept', () => {
  assert.ok(Math.abs(upperShare(0, 100) - (1 - 0.05 ** (1 / 100))) < 1e-9);
  // R: binom.test(5, 100, alternative = "less")$conf.int
  assert.ok(Math.abs(upperShare(5, 100) - 0.1022534) < 1e-6, String(upperShare(5, 100)));
  assert.equal(upperShare(3, 3), 1);
  const whole = { passed: { kept: 40, scored: 40 }, held: { kept: 2, scored: 2 } };
  assert.deepEqual(estimate({ passed: 4, held: 1 }, whole), { messages: 5, atMost: 5 });
  const tenth = { ...whole, passed: { kept: 40, scored: 400 } };
  assert.equal(estimate({ passed: 4, held: 1 }, tenth).messages, 41);
});
