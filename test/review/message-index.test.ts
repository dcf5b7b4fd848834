import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { createMessageIndex } from '../../src/review/message-index.ts';
import { aliasTag, type PassedWatched } from '../../src/review/watched-message.ts';
import { readHeader } from '../../src/message/header.ts';
import { unauthenticated } from '../../src/authentication/results.ts';
import type { Analysis } from '../../src/analysis.ts';
import { reply } from '../../src/smtp/reply.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import { requireInstalled } from '../support/installed.ts';
import { mailBytes, transactionOf } from '../support/messages.ts';
import { startRedis } from '../support/redis.ts';
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
    limit: null,
    campaign: '0c1d2e3f4a5b',
    isCopy: false,
    breakerOpen: false,
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
      lesson: null,
      releaseLesson: null,
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
