import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredRules } from '../../src/activation/load-stored.ts';
import { knowRulesBefore } from '../../src/activation/rules-before.ts';
import type { Activation } from '../../src/activation/rule-set-store.ts';
import type { LoadedRules } from '../../src/activation/rules-in-force.ts';
import type { ActiveRules } from '../../src/dependencies.ts';
import { policy } from '../decision/samples.ts';

const at = (day: number) => new Date(Date.parse('2026-03-02T12:00:00Z') + day * 86_400_000);
const set = (version: string) => ({ version, policy, aliases: [] }) as unknown as ActiveRules;
const loaded = (version: string, candidate: string | null = null): LoadedRules => ({
  sequence: 1,
  active: set(version),
  candidate: candidate === null ? null : { rules: set(candidate), stage: { kind: 'shadow' } },
});

function known(entry: Partial<Activation>, now = loaded('new')) {
  const activation = { version: 'new', previous: 'old', stage: 'enforce', via: 'cli', ...entry };
  return knowRulesBefore({
    store: {
      history: () => Promise.resolve([{ at: at(0).toISOString(), ...activation } as Activation]),
    },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: { loaded: () => now },
    settings: { mode: null },
  });
}

const versionOf = (rules: ActiveRules | null) => rules?.version ?? null;

test('a set is held against the one before it for seven days', async () => {
  const before = known({});
  await before.refresh();
  assert.equal(versionOf(before.of({ version: 'new' }, at(6.9))), 'old');
  assert.equal(before.of({ version: 'new' }, at(7.1)), null);
  assert.equal(before.of({ version: 'other' }, at(1)), null);
});

test('right after a change what was in force is before, also while the history is read', () => {
  const before = known({});
  before.changed(loaded('new'), loaded('old'));
  assert.equal(versionOf(before.of({ version: 'new' }, at(0))), 'old');
});

test('what was gone back to is held against nothing, a candidate against what is in force', async () => {
  const back = known({ via: 'rollback' });
  await back.refresh();
  assert.equal(back.of({ version: 'new' }, at(1)), null);
  const trying = known({}, loaded('new', 'tried'));
  assert.equal(versionOf(trying.of({ version: 'tried' }, at(300))), 'new');
});
