import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttackResult, HonestResult } from '../../src/commands/demo/play.ts';
import { renderReport } from '../../src/commands/demo/report.ts';
import { summarize } from '../../src/commands/demo/summary.ts';

const relayed = { verdict: 'clean', scoreBits: -3, reason: '', reply: '250 ok', identical: true };
const honest: readonly HonestResult[] = [
  { ...relayed, action: 'pass', vendor: 'paypal', trait: null },
  { ...relayed, action: 'pass', vendor: 'paypal', trait: 'forward' },
  { ...relayed, action: 'tag', vendor: 'google', trait: 'redesign' },
];
const reason =
  '9.3 bits for a over b: one (or two) things (never in 5 messages since 2026-10-22) +6.0; another +4.0; a third +1.0; prior -2.0';
const attacks: readonly AttackResult[] = [
  { ...relayed, action: 'pass', attack: 'dkim-replay', scoreBits: 5 },
  {
    ...relayed,
    action: 'tag',
    attack: 'dkim-replay',
    verdict: 'suspicious',
    scoreBits: 9.3,
    reason,
  },
  {
    ...relayed,
    action: 'quarantine',
    attack: 'tenant-name',
    verdict: 'anomalous',
    identical: null,
  },
  { ...relayed, action: 'pass', attack: 'invoice-callback' },
];

test('the summary counts tag or stronger and takes the first of the strongest copies', () => {
  const result = summarize(honest, attacks);
  assert.deepEqual(result.legit, { messages: 3, tagged: 1, quarantined: 0 });
  assert.deepEqual(result.attacks[0], {
    name: 'dkim-replay',
    copies: 2,
    firstFlaggedCopy: 2,
    action: 'tag',
    scoreBits: 9.3,
    reason,
  });
  assert.equal(result.attacks[2]?.firstFlaggedCopy, null);
  assert.equal(result.relayedByteIdentical, true);
  const changed = { ...relayed, action: 'pass', attack: 'x', identical: false } as const;
  assert.equal(summarize(honest, [...attacks, changed]).relayedByteIdentical, false);
});

test('the report says what happened to whom, and why', () => {
  const report = renderReport({ result: summarize(honest, attacks), honest, attacks });
  const rows = [
    /service@paypal\.com +2 +0 +0\n/,
    /drive-shares-dm-noreply@google\.com +1 +1 +0\n/,
    /after a redesign: .* 1 +1 +0\n/,
    /forwarded by their recipient: .* 1 +0 +0\n/,
    /Replay of one genuine signed PayPal mail +2 suspicious +1 as usual, 1 tagged\n +9\.3 bits: one \(or two\) things \+6\.0; another \+4\.0; a third \+1\.0\n/,
    /Entra code mail, lure typed as tenant name +1 anomalous +nothing: all held\n/,
    /PayPal invoice, call-back number in the note +1 clean +1 as usual\n +nothing stood out\n/,
    /all 6 messages that reached the MTA are byte for byte what was sent/,
    /WHERE TO LOOK NEXT/,
  ];
  for (const row of rows) assert.match(report, row);
});
