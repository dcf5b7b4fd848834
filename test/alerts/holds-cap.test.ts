import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFlagsToday } from '../../src/alerts/flags-today.ts';
import { oneOfEachVendor, openDesk } from './desk.ts';

/** From the second message of the alias on, all is to be held. */
async function heldUnder(maxHeldPerHour: number | null, minutesBetween: number) {
  const limits = {
    alias: { perHour: 1, action: 'quarantine' },
    actor: null,
    newActor: null,
  } as const;
  await using desk = await openDesk({
    policy: { limits },
    change: (rules) => ({
      ...rules,
      policy: { ...rules.policy, quarantine: { ...rules.policy.quarantine, maxHeldPerHour } },
    }),
  });
  const [alias] = oneOfEachVendor(desk.rules);
  assert.ok(alias);
  const answers = [];
  for (let n = 0; n < 5; n++)
    answers.push(await desk.send({ alias, body: 'Thank you.', minutes: n * minutesBetween }));
  const capped = await desk.metric('aliaswatch_holds_capped_total');
  return { verdicts: answers.map(({ verdict }) => verdict), lessons: desk.lessons.length, capped };
}

const actionOf = (verdict: string) => /action=(\w+)/.exec(verdict)?.[1];

test('past the bound mail is tagged, says so, and teaches nothing', async () => {
  const { verdicts, lessons, capped } = await heldUnder(2, 1);
  assert.deepEqual(verdicts.slice(3).map(actionOf), ['tag', 'tag']);
  assert.equal(capped, 2);
  assert.equal(lessons, 1); // the first message, which was below the ceiling
});

test('without a bound all of it is held', async () => {
  const { capped, lessons } = await heldUnder(null, 1);
  assert.deepEqual([capped, lessons], [0, 1]);
});

test('the hour slides', () => {
  const { hold, heldLastHour } = createFlagsToday();
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 29, 0, minutes));
  assert.deepEqual(
    [0, 1, 2, 59, 61, 62].map((minutes) => hold(at(minutes), 2)),
    [true, true, false, false, true, true],
  );
  assert.equal(heldLastHour(at(62)), 2);
});
