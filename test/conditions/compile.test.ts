import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilerFor, maxSteps } from '../../src/conditions/compile.ts';
import { nearestName } from '../../src/config/nearest-name.ts';
import { isTrue, smallCompiler, sourceOf } from './view-samples.ts';

function compiled(when: string) {
  const compilation = smallCompiler.compile(when);
  assert.ok(compilation.ok, JSON.stringify(compilation));
  return compilation;
}

describe('a condition reads the message', () => {
  const cases: readonly [when: string, readsMessage: boolean][] = [
    ['message.isHtml', true],
    ['authentication.spf == "pass"', true],
    ['"site.example" in recipients.domains', true],
    ['alias.address.endsWith("@vendor.example")', true],
    ['recipients.count > 2', false],
    ['signals["phone"].shown && score.bits > 3', false],
    ['alias.id in ["vendor-mail"] && baseline.mature', false],
    ['score.bits > 3 && message.links.exists(l, l.path == "/")', true],
  ];
  for (const [when, readsMessage] of cases)
    test(`${when}: ${readsMessage}`, () => {
      assert.equal(compiled(when).readsMessage, readsMessage);
    });
});

describe('whole numbers and others mix', () => {
  for (const when of [
    'message.toCount == 1.0',
    '1 == 1.0 && 1.0 == 1 && 2 != 1.5',
    'message.toCount + 0.5 > 1 && 0.5 * message.toCount < 1',
    'score.bits < 1 && score.bits == 0',
    'message.toCount in [1, 2]',
  ])
    test(when, async () => assert.equal(await isTrue(when), true));
});

test('a set may be called what our own code calls things', async () => {
  const names = { aliasIds: [], vendors: [], attackCauses: [], sets: ['value', 'executives'] };
  const by = compilerFor(names, nearestName);
  assert.equal(await isTrue('"cfo@site.example" in sets.executives', {}, by), true);
});

describe('functions', () => {
  const lookAlike = { mail: { subject: 'Yоur  REFUND\u200b is here' } };
  const cases: readonly [when: string, expected: boolean][] = [
    ['message.subject.folded() == "your refund is here"', true],
    ['message.subject.mentions(["refund is"])', true],
    ['message.subject.mentions(["fund"])', false],
    ['message.subject.mentions([""])', false],
    [`"${'\u{fdfa}'.repeat(50)}".folded().size() <= 100`, true],
    [`"${'\u060a'.repeat(50)}".folded().size() <= 150`, true],
    [`"${'각'.repeat(50)}끝".folded().endsWith("끝".folded())`, true],
    [`topLevel("${'a'.repeat(100)}").size() == 63`, true],
    ['message.subject.matches(r"(?i)refund")', true],
    ['domainIn("a.b.gmail.com", lists.freeMail) && !domainIn("xgmail.com", lists.freeMail)', true],
    ['"CFO@site.example" in sets.executives', true],
    ['topLevel("a.example.xyz") in lists.cheapTopLevelDomains', true],
    ['message.links.all(l, false) && size(message.links) == 0', true],
  ];
  for (const [when, expected] of cases)
    test(`${when}: ${expected}`, async () => assert.equal(await isTrue(when, lookAlike), expected));
});

test('links carry the text that is clicked', async () => {
  const html = '<p><a href="https://a.example/x">View <b>document</b></a></p>';
  assert.equal(await isTrue('message.links[0].text == "View document"', { mail: { html } }), true);
});

describe('time is bounded', () => {
  test('a condition that could take too long is refused before it runs', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'message.isHtml' : `message.links.exists(l${depth}, ${nested(depth - 1)})`;
    assert.equal(smallCompiler.compile(nested(2)).ok, true);
    assert.equal(smallCompiler.compile(nested(3)).ok, false);
  });

  test('steps grow with what `+` makes, and with what is compared or counted', () => {
    const steps = (when: string) => compiled(when).steps;
    const ofEach = (asked: string) => steps(`message.links.exists(l, ${asked})`);
    assert.ok(ofEach('message.links.size() > 3') >= ofEach('[l].size() > 3') + 90);
    const both = '(message.links + message.links).size() > 3';
    assert.ok(steps(both) >= steps('message.links.size() > 3') + 200);
    assert.ok(steps('message.text == message.text') >= steps('alias.id == alias.id') + 39);
    assert.ok(steps('message.text.endsWith("b")') >= steps('alias.id.endsWith("b")') + 19);
  });

  test('folding is charged for each character, of phrases as well', () => {
    const steps = (when: string) => compiled(when).steps;
    assert.ok(steps('message.text.folded() == ""') >= 40_000);
    assert.ok(steps('message.text.mentions(["refund"])') >= 40_000);
    assert.ok(steps('"a".mentions(message.links.map(l, l.path))') >= 200_000);
    assert.ok(steps('domainIn(message.text, lists.freeMail)') >= 200);
  });

  test('an empty list says nothing of the items of another', () => {
    const steps = (list: string) => compiled(`${list}.exists(t, t.matches(r"a.{9}b"))`).steps;
    const least = steps('[message.text]');
    for (const list of [
      '([] + [message.text])',
      '(message.isHtml ? [] : [message.text])',
      '[[], [message.text]][1]',
      '["", message.text]',
    ])
      assert.ok(steps(list) >= least, list);
  });

  test('patterns that make backtracking engines hang take milliseconds on 20,000 characters', async () => {
    const body = `${'a'.repeat(19_000)} ${'ab'.repeat(400)}!`;
    const view = smallCompiler.viewOf(await sourceOf({ mail: { body } }));
    for (const pattern of [
      '(a+)+$',
      '(a|aa)+$',
      '(.*)*[!x]$',
      '([a-b]|a[a-c]){40}[x!]',
      '[ab].{60}[cd].{60}[xyz]',
      '(a?){80}a{80}',
    ]) {
      const condition = compiled(`message.text.matches(r"${pattern}")`);
      assert.ok(condition.steps <= maxSteps);
      const before = performance.now();
      condition.isTrueOf(view);
      const tookMs = performance.now() - before;
      // Ten times what the slowest takes alone: the machine may be busy. Backtracking would take ages.
      assert.ok(tookMs < 2000, `${pattern} took ${tookMs} ms`);
    }
  });

  test('an expression at the limits is compiled and asked in bounded time', async () => {
    const parts = Array.from({ length: 19 }, (_, part) => `message.text.contains("w${part}")`);
    const condition = compiled(parts.join(' || '));
    assert.equal(condition.isTrueOf(smallCompiler.viewOf(await sourceOf())), false);
  });
});

test('nothing of CEL that is not in the reference can be called', () => {
  for (const when of [
    'cel.bind(x, 1, x > 0)',
    'type(1) == type(2)',
    'timestamp("2026-01-01T00:00:00Z") < timestamp("2026-01-02T00:00:00Z")',
    'message.subject.matchesLinear("x")',
    'message.subject.containsLinear("x")',
    'message.subject.split(",").size() > 1',
    'dyn(message).foo == 1',
    'google.protobuf == google.protobuf',
  ])
    assert.equal(smallCompiler.compile(when).ok, false, when);
});
