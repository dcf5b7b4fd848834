import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Commit } from '../../src/baseline/store.ts';
import { storedAttack } from '../../src/review/attack-record.ts';
import { exclusively } from '../../src/review/exclusively.ts';
import { forgetMessage, learnAgain, teachUnlessAttack } from '../../src/review/teach.ts';
import { alias, lessonFor, now, openDesk, today } from './desk.ts';

test('what is confirmed as an attack while it is being taught is not learned', async () => {
  await using desk = await openDesk('sqlite');
  const { store, baselines, learned } = desk;
  await baselines.commit(lessonFor('honest', alias));
  const before = await learned();
  const message = '0mh2q7k1c4x9p0zv5t3b';
  const campaign = '0c1d2e3f4a5b';
  const attack = { campaign, aliases: [alias], keys: ['k'], values: [], named: [] };
  const forgetting: Promise<boolean>[] = [];
  const slowBaselines = {
    retract: (commit: Commit) => baselines.retract(commit),
    commit: async (commit: Commit) => {
      await store.put('attack', [storedAttack({ ...attack, act: 'a', at: now.toISOString() })]);
      forgetting.push(forgetMessage(deps, message, 'a'));
      await delay(200);
      await baselines.commit(commit);
    },
  };
  const deps = { store, baselines: slowBaselines, organization: null, now: () => now };
  const lesson = lessonFor('late', alias, today);
  const given = { message, lesson, sightings: null, act: 'r' };
  const teaching = await exclusively(store, `message ${message}`, () =>
    teachUnlessAttack(deps, campaign, given),
  );
  assert.equal(teaching, 'attack');
  assert.equal(forgetting.length, 1);
  await Promise.all(forgetting);
  assert.deepEqual(await learned(), before);
  await learnAgain({ ...deps, baselines }, message, 'a');
  const { counters } = (await learned()) as { counters: unknown };
  assert.deepEqual(counters, { n: 2 }, 'once, when the attack is taken back');
});
