import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf, hourOf } from '../../src/baseline/ledger.ts';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../src/baseline/store.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { lookupsOf } from '../../src/score/known-values.ts';
import { lessonOf } from '../../src/score/lesson.ts';
import { scoreMessage } from '../../src/score/score-message.ts';
import { featuresOf, receivedAt, type MailText } from '../support/messages.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok);
const { causes, policy } = loaded.rules;
const archive = { connection: { clientAddress: '' } };

const own = '<p>Your account has a new entry.</p><a href="https://vendor.example/a">open</a>';
const paragraph =
  '<p>The old address is gone and your account is at a new one: call us for a refund.</p>';

async function score(store: BaselineStore, mail: MailText, at: Date) {
  const features = await featuresOf(mail, archive);
  const observation = await store.observe({
    alias: 'vendor',
    at,
    values: lookupsOf(features),
    signature: null,
    recipients: features.recipients.map(({ address }) => address),
    actor: features.actor,
    count: true,
  });
  const scored = scoreMessage({
    features,
    observation,
    organization: null,
    pack: null,
    causes,
    today: dayOf(at),
  });
  return { ...scored, features };
}

/** An alias that wrote the same template on each of forty days. */
async function knownAlias(): Promise<BaselineStore> {
  const store = await openSqliteStore(':memory:', defaultStoreLimits);
  for (let day = 0; day < 80; day++) {
    const at = new Date(receivedAt.getTime() + (day - 45) * 86_400_000 * 0.5);
    const { features, readings, score: found } = await score(store, { html: own }, at);
    const lesson = lessonOf({
      alias: 'vendor',
      day: dayOf(at),
      hour: hourOf(at),
      transactionId: `${day}`,
      features,
      readings,
      scoreBits: found.bits,
      teaches: 'all',
      campaign: null,
      isCopy: false,
    });
    assert.ok(lesson);
    await store.commit(lesson);
  }
  return store;
}

const later = new Date(receivedAt.getTime() + 20 * 86_400_000);
const levelOf = ({ readings }: Awaited<ReturnType<typeof score>>) =>
  readings.signals.find(({ signal }) => signal === 'links-gone')?.level;

test('the usual links are gone where none of a message leads to the vendor or an ordinary domain', async () => {
  await using store = await knownAlias();
  const renamed = own.replace('vendor.example', 'www.other-group.com');
  assert.equal(levelOf(await score(store, { html: own }, later)), 0);
  assert.equal(levelOf(await score(store, { html: `${own}${renamed}` }, later)), 0);
  assert.equal(levelOf(await score(store, { html: renamed }, later)), 1);
});

test('a vendor that renames itself is no foreign link, one beside the usual ones is', async () => {
  await using store = await knownAlias();
  const elsewhere = own.replace('vendor.example', 'www.other-group.com');
  const from = '"Other Group" <no-reply@vendor.example>';
  const renamed = await score(store, { html: elsewhere, from }, later);
  const added = await score(store, { html: `${own}${elsewhere}` }, later);
  const copied = await score(store, { html: elsewhere }, later);
  const replaced = await score(
    store,
    { html: `${paragraph}<a href="https://www.other-group.com/a">open</a>` },
    later,
  );
  assert.ok(renamed.score.bits < 0, `renamed ${renamed.score.bits}`);
  assert.ok(added.score.bits > renamed.score.bits + 3, `added ${added.score.bits}`);
  assert.ok(copied.score.bits > renamed.score.bits + 3, `a copy ${copied.score.bits}`);
  assert.ok(replaced.score.bits > policy.tag.floorBits, `another letter ${replaced.score.bits}`);
  assert.equal(levelOf(replaced), 0);
});

test('what a slot is filled with is judged beside the marks of the template', async () => {
  await using store = await knownAlias();
  const lure = await score(store, { html: `${own}${paragraph}` }, later);
  assert.deepEqual(lure.readings.marks, ['links', 'text']);
  const bare = await score(store, { html: paragraph }, later);
  assert.deepEqual(bare.readings.marks, []);
});
