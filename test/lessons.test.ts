import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Commit } from '../src/baseline/store.ts';
import { createLessons } from '../src/lessons.ts';
import { lesson, today } from './baseline/store-contract.ts';

/** A store that takes a lesson from its n-th offer on, and what became of lessons with it. */
function openSchool({ takesFrom, pausesMs }: { takesFrom: number; pausesMs: readonly number[] }) {
  const offered: string[] = [];
  const lost: string[] = [];
  let measured = 0;
  const store = {
    commit: (commit: Commit) => {
      offered.push(commit.id);
      const offers = offered.filter((id) => id === commit.id).length;
      return offers >= takesFrom ? Promise.resolve() : Promise.reject(new Error('no answer'));
    },
  };
  const lessons = createLessons(
    store,
    {
      lessonLost: (_error, id) => void lost.push(id),
      stageMeasured: () => void (measured += 1),
    },
    pausesMs,
  );
  return { lessons, offered, lost, learned: () => measured };
}
const lessonOf = (id: string) => lesson('an-alias', today, { id });
const patient = [60_000, 60_000];

describe('a lesson that the store does not take', () => {
  test('is offered again under the same id, until it is taken', async () => {
    const school = openSchool({ takesFrom: 3, pausesMs: [1, 1] });
    school.lessons.learn(lessonOf('a'));
    while (school.learned() === 0) await delay(5);
    await school.lessons[Symbol.asyncDispose]();
    assert.deepEqual(school.offered, ['a', 'a', 'a']);
    assert.deepEqual(school.lost, []);
  });

  test('is lost after the last offer, and told of once', async () => {
    const school = openSchool({ takesFrom: 4, pausesMs: [1, 1] });
    school.lessons.learn(lessonOf('a'));
    while (school.lost.length === 0) await delay(5);
    assert.deepEqual([school.offered.length, school.lost, school.learned()], [3, ['a'], 0]);
  });

  test('is offered once more at the end, which waits for the answer and no longer', async () => {
    for (const [takesFrom, lost] of [
      [2, []],
      [3, ['a']],
    ] as const) {
      const school = openSchool({ takesFrom, pausesMs: patient });
      school.lessons.learn(lessonOf('a'));
      await nextTurn();
      await school.lessons[Symbol.asyncDispose]();
      assert.deepEqual([school.offered.length, school.lost], [2, lost]);
    }
  });

  test('waits with a thousand others at the most', async () => {
    const school = openSchool({ takesFrom: 2, pausesMs: patient });
    for (let i = 0; i < 1005; i++) school.lessons.learn(lessonOf(`${i}`));
    await nextTurn();
    assert.deepEqual(school.lost, ['1000', '1001', '1002', '1003', '1004']);
    await school.lessons[Symbol.asyncDispose]();
    assert.equal(school.learned(), 1000);
  });
});
