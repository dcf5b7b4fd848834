import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../../../src/commands/evaluate/evaluate-mail.ts';
import type { Facts } from '../../../src/commands/evaluate/facts.ts';
import { figuresOf } from '../../../src/commands/evaluate/figures.ts';
import {
  calibrationCurve,
  detectionCurve,
  histogramBars,
  rocCurve,
} from '../../../src/commands/evaluate/html/curves.ts';
import { reportPage } from '../../../src/commands/evaluate/html/report-page.ts';

const facts = (bits: number): Facts => ({
  bits,
  pValue: Math.min(1, 2 ** -bits),
  tagged: bits >= 8,
  quarantined: false,
  messages: 100,
  isClosed: true,
  surpriseBits: bits,
});
const hostile = '<script>alert(1)</script>" onload="x';
const message = (index: number, bits: number) => ({
  ...facts(bits),
  index,
  source: hostile,
  reason: hostile,
  breaksFixedRule: false,
});
const evaluation: Evaluation = {
  streams: [
    {
      address: hostile,
      messages: 3,
      textKind: 'rigid',
      honest: [message(0, -5), message(1, 9), message(2, -3)],
      cold: [facts(-2)],
      injections: [{ ...message(1, 14), kind: 'a' }],
    },
  ],
  abuse: {
    cold: [],
    withPack: [
      {
        ...facts(9),
        file: hostile,
        class: hostile,
        alias: hostile,
        campaign: 'c1',
        reason: '',
        hasPack: false,
        breaksFixedRule: true,
      },
    ],
  },
  scenarios: null,
  otherFilters: [],
  ablations: [],
};

test('the page stands alone: no script, nothing loaded, and mail cannot write into it', () => {
  const page = reportPage({
    evaluation,
    figures: figuresOf(evaluation),
    floors: { tagBits: 8, quarantineBits: 12 },
    rules: 'abc',
  });
  assert.match(page, /^<!doctype html>/);
  assert.ok(page.includes('&lt;script&gt;'));
  assert.doesNotMatch(page, /<script|<img|<link|<iframe|@import|url\(|(?:src|href)=/i);
  assert.doesNotMatch(page, /\son[a-z]+="/);
  assert.equal(page.match(/<svg /g)?.length, 4);
  assert.doesNotMatch(page, /NaN|Infinity|undefined/);
});

test('recall rises as more honest messages are flagged', () => {
  const curve = rocCurve([1, 5, 9], [4, 8, 10]);
  assert.deepEqual(
    curve.map(({ y }) => y),
    [1 / 3, 2 / 3, 1],
  );
  assert.equal(curve[0]?.x, 0.5 / 3);
});

test('scores outside the picture are in its first and last bar', () => {
  const bars = histogramBars([-99, 0.5, 99, 99], { from: 0, to: 3, width: 1 });
  assert.deepEqual(
    bars.map(({ height }) => height),
    [50, 0, 50],
  );
});

test('a claim that is kept lies on the diagonal', () => {
  const claims = Array.from({ length: 1000 }, (_, index) => (index + 1) / 1000);
  for (const { x, y } of calibrationCurve(claims)) assert.ok(Math.abs(x - y) <= 0.001);
});

test('what was never found is never counted as found', () => {
  assert.deepEqual(
    detectionCurve([0, 2, null, null], 2).map(({ y }) => y),
    [0.25, 0.25, 0.5],
  );
});
