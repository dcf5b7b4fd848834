import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alias } from '../../src/alias/alias.ts';
import { allHeld } from '../../src/quarantine/all-held.ts';
import { counterNames } from '../../src/baseline/history.ts';
import type { Commit } from '../../src/baseline/store.ts';
import { oneOfEachVendor, openDesk, type Desk } from './desk.ts';

const copies = 40;
const day = 24 * 60;
const lure = 'Bitcoin order of USD 499.00: call the support desk at 802 538 3069 to cancel';

/** The campaign through `alias`, to somebody else each time. */
async function attack({ send }: Desk, alias: Alias, minutes = 0) {
  const verdicts = [];
  for (let copy = 0; copy < copies; copy++) {
    const recipient = `person${copy}@site${copy % 9}.example`;
    verdicts.push((await send({ alias, subject: lure, recipient, minutes })).verdict);
  }
  return verdicts;
}

/** Three weeks of honest mail, each message learned before the next came. */
async function honestWeeks(desk: Desk, alias: Alias) {
  for (let message = 0; message < 60; message++) {
    await desk.send({
      alias,
      subject: `Your order ${message}`,
      body: 'Thank you.',
      recipient: `person${message}@site${message % 9}.example`,
      minutes: (Math.floor(message / 3) - 23) * day,
    });
    await learn(desk, desk.lessons.splice(0));
  }
}

async function learn({ baselines }: Desk, lessons: readonly (Commit | null)[]) {
  for (const lesson of lessons) if (lesson) await baselines.commit(lesson);
}

async function countersOf({ baselines }: Desk, alias: Alias) {
  const { snapshot } = await baselines.describe(alias.id, new Date('2026-03-10T09:00:00Z'));
  return snapshot.counters;
}

test('a flood that is tagged and delivered leaves no score behind, and makes none of its values known', async () => {
  await using desk = await openDesk({ policy: { mode: 'tag' } });
  const [alias] = oneOfEachVendor(desk.rules);
  assert.ok(alias);
  const verdicts = await attack(desk, alias);
  assert.ok(verdicts.every((verdict) => verdict.startsWith('anomalous; action=tag;')));
  assert.equal(desk.lessons.length, copies);
  await learn(desk, desk.lessons);
  assert.deepEqual(await countersOf(desk, alias), {});
  assert.ok(desk.lessons.every(({ values }) => values.every(({ table }) => table === 'pending')));

  const next = await desk.send({ alias, subject: lure, minutes: day });
  assert.match(next.verdict, /^anomalous;/, 'the next day it is news as before');
});

test('a careless release of a whole campaign teaches its alias alone, and no more than itself', async () => {
  await using desk = await openDesk();
  const [alias, other] = oneOfEachVendor(desk.rules);
  assert.ok(alias && other);
  await honestWeeks(desk, alias);
  await attack(desk, alias);
  const held = await Array.fromAsync(allHeld(desk.quarantine));
  assert.equal(held.length, copies);
  const lessons = [];
  for (const { id } of held) lessons.push((await desk.quarantine.find(id))?.lesson ?? null);
  assert.ok(lessons.every((lesson) => lesson?.alias === alias.id));
  await learn(desk, lessons);
  const { [counterNames.messages]: messages, ...counters } = await countersOf(desk, alias);
  assert.equal(messages, 60 + 1, 'copies are one message');
  assert.equal(counters[counterNames.innovations('phone')], 1);
  assert.deepEqual(await countersOf(desk, other), {});

  const minutes = 5 * day;
  const elsewhere = await desk.send({ alias: other, subject: lure, minutes });
  assert.match(elsewhere.verdict, /^anomalous; action=quarantine;/);
  const nextCampaign = {
    subject: 'Dogecoin sale USD 720.00, ring our help line 415 555 2671 to stop it',
  };
  const next = await desk.send({ alias, ...nextCampaign, minutes });
  assert.match(next.verdict, /^anomalous; action=quarantine;/);
});

test('what is held teaches nothing until somebody releases it', async () => {
  await using desk = await openDesk();
  const [alias] = oneOfEachVendor(desk.rules);
  assert.ok(alias);
  await attack(desk, alias);
  assert.deepEqual(desk.lessons, []);
});
