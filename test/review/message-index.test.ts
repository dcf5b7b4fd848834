import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { createMessageIndex } from '../../src/review/message-index.ts';
import {
  aliasTag,
  messageOf,
  recipientTag,
  type PassedWatched,
} from '../../src/review/watched-message.ts';
import { readHeader } from '../../src/message/header.ts';
import { unauthenticated } from '../../src/authentication/results.ts';
import type { Analysis } from '../../src/analysis.ts';
import { reply } from '../../src/smtp/reply.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import { requireInstalled } from '../support/installed.ts';
import { mailBytes, transactionOf } from '../support/messages.ts';
import { startRedis } from '../support/redis.ts';
import { policy } from '../decision/samples.ts';
import { pseudonym } from './desk.ts';

const bytes = mailBytes();

function passed(changes: Partial<Analysis> = {}): PassedWatched {
  const receivedAt = new Date();
  const transaction = { ...transactionOf(bytes), receivedAt, id: newTransactionId(receivedAt) };
  const decision = {
    verdict: 'suspicious',
    action: 'tag',
    effectiveAction: 'tag',
    reason: '',
    learnFeatures: false,
    learnPending: true,
    conditions: [],
    limit: null,
    campaign: '0c1d2e3f4a5b',
    isCopy: false,
    breakerOpen: false,
    onlyUnder: null,
    failure: null,
  } as const;
  return {
    transaction,
    analysis: {
      header: readHeader(bytes),
      authentication: unauthenticated,
      alias: 'a',
      score: null,
      mature: false,
      decision,
      conditionFailures: [],
      policy,
      lesson: null,
      releaseLesson: () => null,
      seen: null,
      shared: {
        keys: [{ key: 'k', isWidespread: false }],
        values: [{ table: 'domain', value: 'lure.example' }],
        news: [],
        telling: ['k'],
      },
      ...changes,
    },
    reply: reply(250, '2.0.0', 'queued as Q1'),
    lists: {} as PassedWatched['lists'],
  };
}

test('what passes is remembered with its reply, its campaign is counted, and a bound holds', async () => {
  await using store = await openReviewStore('sqlite::memory:', { timeoutMs: 1000 });
  const onLost = () => assert.fail('nothing is lost');
  {
    await using index = createMessageIndex({
      store,
      pseudonym,
      events: { onLost },
      mostPerAlias: 10,
    });
    for (let i = 0; i < 30; i++) index.record(passed());
    index.record(passed({ alias: null }));
    await index.flush();
    index.record(passed());
  }
  const kept = await store.newest('message', { tag: null, limit: 100 });
  assert.ok(kept.length >= 10 && kept.length <= 11, String(kept.length));
  assert.match(kept[0]?.text ?? '', /"reply":"250 2\.0\.0 queued as Q1"/);
  const [campaign = null] = await store.read('campaign', ['0c1d2e3f4a5b']);
  assert.match(campaign?.text ?? '', /"keys":\["k"\],"values":\["domain lure\.example"\]/);
  assert.equal((await store.idsOf('message', [aliasTag('a')])).length, kept.length);
});

test('a campaign that is new is told of once, with the copies that passed before it', async () => {
  await using store = await openReviewStore('sqlite::memory:', { timeoutMs: 1000 });
  const found: { undetectedMs: number; copies: number }[] = [];
  await using index = createMessageIndex({
    store,
    pseudonym,
    events: {
      onLost: () => assert.fail('nothing is lost'),
      onCampaign: (undetectedMs, copies) => found.push({ undetectedMs, copies }),
    },
  });
  const start = Date.now() - 3_600_000;
  const at = (minute: number, campaign: string | null, key: string): PassedWatched => {
    const receivedAt = new Date(start + minute * 60_000);
    const { transaction, analysis, ...rest } = passed();
    const { decision, shared } = analysis;
    return {
      ...rest,
      transaction: { ...transaction, receivedAt, id: newTransactionId(receivedAt) },
      analysis: {
        ...analysis,
        decision:
          campaign === null
            ? { ...decision, verdict: 'clean', campaign }
            : { ...decision, campaign },
        shared: shared && { ...shared, keys: [{ key, isWidespread: false }], telling: [key] },
      },
    };
  };
  for (const message of [at(0, null, 'k'), at(4, null, 'k'), at(5, null, 'other')])
    index.record(message);
  await index.flush();
  assert.deepEqual(found, []);
  for (const message of [at(10, 'aaaaaaaaaaaa', 'k'), at(11, 'aaaaaaaaaaaa', 'k')])
    index.record(message);
  await index.flush();
  index.record(at(12, 'aaaaaaaaaaaa', 'k'));
  index.record(at(13, 'bbbbbbbbbbbb', 'rare'));
  await index.flush();
  assert.deepEqual(found, [
    { undetectedMs: 600_000, copies: 2 },
    { undetectedMs: 0, copies: 0 },
  ]);
});

test('as many recipients as a transaction has are remembered, of more it is told how many; few such messages', async () => {
  await using store = await openReviewStore('sqlite::memory:', { timeoutMs: 1000 });
  await using index = createMessageIndex({
    store,
    pseudonym,
    events: { onLost: () => assert.fail('nothing is lost') },
    mostBulkyPerAlias: 10,
  });
  const many = (count: number) => Array.from({ length: count }, (_, i) => `r${i}@example.test`);
  const to = (count: number): PassedWatched => {
    const { transaction, ...rest } = passed();
    const envelope = { ...transaction.envelope, rcptTo: many(count) };
    return { ...rest, transaction: { ...transaction, envelope } };
  };
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let i = 0; i < 30; i++) index.record(to(i % 2 === 0 ? 1000 : 1003));
  for (let i = 0; i < 5; i++) index.record(to(100));
  await index.flush();
  delays.disable();
  const longestMs = delays.max / 1e6;
  assert.ok(longestMs < 500, `nothing else ran for ${longestMs} ms`);
  const found = await store.newest('message', {
    tag: recipientTag('R99@example.test', pseudonym),
    limit: 50,
  });
  const kept = found.map(messageOf);
  assert.ok(kept.length >= 15 && kept.length <= 16, String(kept.length));
  const bulky = kept.filter(({ recipients }) => recipients.length > 100);
  assert.equal(bulky.length, kept.length - 5, 'the others are not counted among them');
  for (const { recipients, moreRecipients = 0 } of bulky) {
    assert.equal(recipients.length, 1000);
    assert.ok(moreRecipients === 0 || moreRecipients === 3);
  }
  const last = await store.idsOf('message', [recipientTag('r999@example.test', pseudonym)]);
  assert.equal(last.length, bulky.length, 'the last one is found as the first is');
});

const skip = requireInstalled('redis-server', 'redis-server');
test(
  'a store that is gone costs nobody a message: what it missed is counted',
  { skip },
  async () => {
    await using server = await startRedis();
    await using store = await openReviewStore(server.url, { timeoutMs: 200 });
    let lost = 0;
    await using index = createMessageIndex({
      store,
      pseudonym,
      events: { onLost: (messages) => (lost += messages) },
    });
    index.record(passed());
    await index.flush();
    assert.equal(lost, 0);
    server.signal('SIGSTOP');
    const startedMs = performance.now();
    for (let i = 0; i < 50; i++) index.record(passed());
    assert.ok(performance.now() - startedMs < 200, 'noted in memory alone');
    await index.flush();
    assert.equal(lost, 50);
    server.signal('SIGCONT');
  },
);
