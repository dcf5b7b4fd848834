import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followRules } from '../../src/activation/follow-rules.ts';
import type { StoredRules } from '../../src/activation/load-stored.ts';
import { knowRulesBefore } from '../../src/activation/rules-before.ts';
import type { Activation } from '../../src/activation/rule-set-store.ts';
import { createRulesInForce, type LoadedRules } from '../../src/activation/rules-in-force.ts';
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
    ...{ now: () => at(0), inFlightMs: 5000 },
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

test('messages on their way over a change are held against what their own set was', () => {
  let now = at(0);
  const before = knowRulesBefore({
    store: {
      history: () =>
        Promise.resolve([
          {
            version: 'new',
            previous: 'old',
            stage: 'enforce',
            via: 'cli',
            at: at(0).toISOString(),
          },
        ] as unknown as readonly Activation[]),
    },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: { loaded: () => loaded('newer') },
    settings: { mode: null },
    ...{ now: () => now, inFlightMs: 5000 },
  });
  before.changed(loaded('new', 'tried'), loaded('old'));
  before.changed(loaded('newer'), loaded('new', 'tried'));
  const of = (version: string) => versionOf(before.of({ version }, at(0)));
  assert.deepEqual([of('newer'), of('new'), of('tried')], ['new', 'old', 'new']);
  now = new Date(at(0).getTime() + 6000);
  before.changed(loaded('newest'), loaded('newer'));
  assert.deepEqual([of('newest'), of('newer'), of('new')], ['newer', 'new', null]);
});

test('what was gone back to is held against nothing, a candidate against what is in force', async () => {
  const back = known({ via: 'rollback' });
  await back.refresh();
  assert.equal(back.of({ version: 'new' }, at(1)), null);
  const trying = known({}, loaded('new', 'tried'));
  assert.equal(versionOf(trying.of({ version: 'tried' }, at(300))), 'new');
});

/** Lines newest first, as `version previous way stage`, an hour apart. */
function after(lines: readonly string[], now = loaded('new')) {
  const history = lines.map((line, index) => {
    const [version, previous, via = 'cli', stage = 'enforce'] = line.split(' ');
    return { version, previous, via, stage, at: at(-index / 24).toISOString() };
  });
  return knowRulesBefore({
    store: { history: () => Promise.resolve(history as unknown as readonly Activation[]) },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: { loaded: () => now },
    settings: { mode: null },
    ...{ now: () => at(0), inFlightMs: 5000 },
  });
}

for (const { name, lines, before } of [
  {
    name: 'a candidate that was dropped does not make the set in force proven',
    lines: ['new tried rollback', 'tried new cli shadow', 'new old', 'old first'],
    before: 'old',
  },
  {
    name: 'going back to a set that was in force does',
    lines: ['new bad rollback', 'bad new', 'new old', 'old first'],
    before: null,
  },
  {
    name: 'going back to a set that was taken back does not',
    lines: ['new old rollback', 'old new rollback', 'new old', 'old first'],
    before: 'old',
  },
  {
    name: 'nor to one that was only ever a candidate',
    lines: ['new old rollback', 'old new rollback', 'new old cli canary', 'old first'],
    before: 'old',
  },
  {
    name: 'nor while it is one',
    lines: ['new old rollback', 'new old cli canary', 'old first'],
    before: 'old',
  },
  {
    name: 'one that an operator brought back since has its time again',
    lines: ['new bad rollback', 'bad new', 'new old', 'old new rollback', 'new old', 'old first'],
    before: null,
  },
])
  test(name, async () => {
    const rules = after(lines);
    await rules.refresh();
    assert.equal(versionOf(rules.of({ version: 'new' }, at(1))), before);
  });

test('an answer that comes late does not overwrite what came into force meanwhile', async () => {
  const slow = Promise.withResolvers<readonly Activation[]>();
  let now = loaded('new');
  const before = knowRulesBefore({
    store: { history: () => slow.promise },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: { loaded: () => now },
    settings: { mode: null },
    ...{ now: () => at(0), inFlightMs: 5000 },
  });
  const reading = before.refresh();
  now = loaded('newer');
  before.changed(now, loaded('new'));
  slow.resolve([
    { version: 'new', previous: 'old', stage: 'enforce', via: 'cli', at: at(0).toISOString() },
  ] as unknown as readonly Activation[]);
  await reading;
  assert.equal(versionOf(before.of({ version: 'newer' }, at(1))), 'new');
});

test('a history that could not be read is read again', async () => {
  let [asked, told] = [0, 0];
  const answers = [
    Promise.reject(new Error('down')),
    Promise.resolve([{ version: 'new', previous: 'old', stage: 'enforce', via: 'cli', at: at(0) }]),
  ];
  const before = knowRulesBefore({
    store: { history: () => answers[asked++] as unknown as Promise<readonly Activation[]> },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: { loaded: () => loaded('new') },
    settings: { mode: null },
    ...{ now: () => at(0), inFlightMs: 5000 },
  });
  await assert.rejects(before.refresh());
  const read = Promise.withResolvers<undefined>();
  const looked = Promise.withResolvers<undefined>();
  let looks = 0;
  await using follower = followRules({
    store: {
      inForce: () => {
        if (++looks > 20) looked.resolve(undefined);
        return Promise.resolve({ ...loaded('new'), active: 'new', ignored: [], candidate: null });
      },
      change: () => Promise.reject(new Error('nothing is to be changed')),
    },
    stored: { load: (version: string) => Promise.resolve(set(version)) } as unknown as StoredRules,
    inForce: createRulesInForce(loaded('new')),
    settings: { mode: null, hostname: 'here' },
    now: () => at(0),
    events: {
      rulesChanged: () => undefined,
      rulesNotFollowed: () => told++,
      rulesRefused: () => told++,
      rulesLeftAlone: () => undefined,
    },
    catchUp: () => before.refresh().finally(() => read.resolve(undefined)),
    everyMs: 1,
  });
  await read.promise;
  await looked.promise;
  assert.equal(versionOf(before.of({ version: 'new' }, at(1))), 'old');
  assert.deepEqual({ asked, told }, { asked: 2, told: 0 }, 'once it is read it is not asked again');
  assert.ok(follower);
});
