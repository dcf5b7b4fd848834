import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attacksByKey, confirmedCampaign } from '../../src/decision/confirmed-attacks.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { overruleByAttack } from '../../src/decision/overrule.ts';
import { sharedWithCopies } from '../../src/decision/shared-keys.ts';
import { digest } from '../../src/decision/campaign.ts';
import type { Sighting } from '../../src/features/features.ts';

const sighting = (
  signal: Sighting['signal'],
  table: Sighting['table'],
  value: string,
): Sighting => ({
  signal,
  table,
  value,
  shown: value,
});
const fresh = [
  sighting('phone', 'contact', '+18025550100'),
  sighting('link', 'domain', 'known.example'),
  sighting('link', 'domain', 'lure.example'),
  sighting('layout', 'layout', 'x'),
];
const standing = { table: 'domain', value: 'lure.example', level: 1, shown: '' } as const;

const shared = sharedWithCopies({
  features: {
    signatureHash: 'sig',
    subject: { tokens: 0, hits: [] },
    sentences: [],
    standings: [standing],
  },
  readings: { fresh, newText: ['a', 'b', 'c', 'd'], newCommonWords: ['e'] },
});

test('what copies would share: places, numbers, signature and text, not the layout', () => {
  const keys = shared.keys.map(({ key, isWidespread }) => [key, isWidespread]);
  assert.deepEqual(keys, [
    [digest('contact', '+18025550100'), false],
    [digest('domain', 'known.example'), true],
    [digest('domain', 'lure.example'), false],
    [digest('signature', 'sig'), false],
    [digest('text', 'a', 'b', 'c', 'd'), false],
  ]);
  assert.deepEqual(shared.values.length, 3);
});

test('a well-known domain tells only on the aliases of the attack, anything else on all', () => {
  const attack = (value: string) =>
    attacksByKey([{ campaign: 'c', aliases: ['a'], keys: [digest('domain', value)] }]);
  const on = (alias: string, value: string) => confirmedCampaign(alias, shared.keys, attack(value));
  assert.deepEqual([on('a', 'known.example'), on('b', 'known.example')], ['c', null]);
  assert.deepEqual([on('a', 'lure.example'), on('b', 'lure.example')], ['c', 'c']);
  assert.equal(on('a', 'other.example'), null);
});

describe('of a confirmed attack', () => {
  const clean: Decision = {
    verdict: 'clean',
    action: 'pass',
    effectiveAction: 'pass',
    reason: '',
    learnFeatures: true,
    learnPending: true,
    conditions: [],
    limit: null,
    campaign: null,
    isCopy: false,
    breakerOpen: false,
    onlyUnder: null,
    failure: null,
  };
  test('clean mail is tagged, a copy, and not learned', () => {
    const decision = overruleByAttack(clean, 'c', 'enforce');
    const { verdict, action, effectiveAction, campaign, isCopy, learnFeatures } = decision;
    assert.deepEqual([verdict, action, effectiveAction], ['suspicious', 'tag', 'tag']);
    assert.deepEqual(
      [campaign, isCopy, learnFeatures, decision.learnPending],
      ['c', true, false, false],
    );
    assert.match(
      decision.reason,
      /^shares what tells campaign c, which was confirmed as an attack$/,
    );
  });
  test('what is held stays held, and shadow does nothing', () => {
    const held = { ...clean, verdict: 'anomalous', action: 'quarantine', reason: 'why' } as const;
    assert.deepEqual(overruleByAttack(held, 'c', 'enforce').effectiveAction, 'quarantine');
    assert.match(overruleByAttack(held, 'c', 'enforce').reason, /attack; why$/);
    assert.equal(overruleByAttack(clean, 'c', 'shadow').effectiveAction, 'pass');
    assert.equal(overruleByAttack(clean, null, 'enforce'), clean);
  });
});
