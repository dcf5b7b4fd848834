import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counterNames, historyOf } from '../../src/baseline/history.ts';
import { dayOf, hourOf } from '../../src/baseline/ledger.ts';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { lessonOf } from '../../src/score/lesson.ts';
import { lookupsOf } from '../../src/score/known-values.ts';
import { scoreMessage } from '../../src/score/score-message.ts';
import { featuresOf, receivedAt } from '../support/messages.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { causes } = loaded.rules;
const template = await featuresOf({ html: '<p>Your code is 1.</p>' });

type Mail = { readonly at: Date; readonly actor: string; readonly id: string };

/** Observes, scores and learns one message that differs from all others in its actor only. */
async function receive(store: BaselineStore, { at, actor, id }: Mail) {
  const features = { ...template, actor, signatureHash: null };
  const observation = await store.observe({
    alias: 'vendor',
    at,
    values: lookupsOf(features),
    signature: null,
    recipients: features.recipients.map(({ address }) => address),
    actor,
    count: true,
  });
  const day = dayOf(at);
  const scored = scoreMessage({
    features,
    observation,
    organization: null,
    pack: null,
    causes,
    today: day,
  });
  const { readings, score } = scored;
  const lesson = lessonOf({
    alias: 'vendor',
    day,
    hour: hourOf(at),
    transactionId: id,
    features,
    readings,
    scoreBits: score.bits,
    teaches: 'all',
    campaign: null,
    isCopy: false,
  });
  assert.ok(lesson);
  await store.commit(lesson);
  return scored;
}

test('the hours of the week are learned, for people', async () => {
  await using store = await openSqliteStore(':memory:', defaultStoreLimits);
  const monday = new Date(Date.UTC(2026, 2, 2, 9, 30));
  const sunday = new Date(Date.UTC(2026, 2, 8, 23, 59));
  for (const [index, at] of [monday, monday, sunday].entries())
    await receive(store, { at, actor: 'a tenant', id: `${index}` });
  const { snapshot } = await store.describe('vendor', new Date(Date.UTC(2026, 2, 20)));
  assert.deepEqual(historyOf(snapshot).hoursOfWeek.bins, [
    { bin: 9, count: 2 },
    { bin: 167, count: 1 },
  ]);
});

test('quiet tenants, many of them: the alias learns how many are usual and hears more', async () => {
  await using store = await openSqliteStore(':memory:', defaultStoreLimits);
  const at = (days: number, minutes: number) =>
    new Date(receivedAt.getTime() + days * 86_400_000 + minutes * 60_000);
  for (let day = 0; day < 40; day++) {
    for (const minutes of [0, 5, 200])
      await receive(store, {
        at: at(day, minutes),
        actor: minutes === 5 ? `tenant of day ${day}` : 'a regular tenant',
        id: `${day} ${minutes}`,
      });
  }
  const flood = [];
  for (let i = 0; i < 20; i++)
    flood.push(await receive(store, { at: at(41, i), actor: `throw-away ${i}`, id: `flood ${i}` }));
  const levels = flood.map(
    ({ readings }) => readings.signals.find(({ signal }) => signal === 'new-actors')?.level,
  );
  assert.deepEqual([levels[0], levels[3]], [0, 0], 'a few are usual');
  assert.ok((levels[7] ?? 0) >= 1 && (levels[19] ?? 0) >= 2, levels.join(' '));
  const last = flood.at(-1)?.score;
  assert.ok(last && last.bits > (flood[0]?.score.bits ?? 0) + 5);
  assert.ok(last.terms.some(({ observed }) => observed.startsWith('one of 20 new senders')));
  const known = await receive(store, { at: at(41, 25), actor: 'a regular tenant', id: 'known' });
  const ofKnown = known.readings.signals.find(({ signal }) => signal === 'new-actors');
  assert.equal(ofKnown?.level, 0, 'a tenant that was learned is no part of it');
  const { counters } = (await store.describe('vendor', at(41, 0))).snapshot;
  assert.ok(
    Object.keys(counters).some((name) => name.startsWith(counterNames.bin('new-actors', 0))),
  );
});
