import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keepStandingReviews } from '../../src/review/standing-reviews.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { storedAttack } from '../../src/review/attack-record.ts';
import { alias, now, openDesk, operator, why } from './desk.ts';

const skip = requireInstalled('redis-server', 'redis-server');

test(
  'what another process decided is heeded soon, and still while the store is down',
  { skip },
  async () => {
    await using server = await startRedis();
    await using store = await openReviewStore(server.url, { timeoutMs: 300 });
    await using other = await openReviewStore(server.url, { timeoutMs: 300 });
    let failures = 0;
    await using standing = await keepStandingReviews({
      store,
      everyMs: 20,
      onFailed: () => failures++,
    });
    const attack = { campaign: 'c', aliases: ['a'], keys: ['k'], values: [], named: [] };
    await other.put('attack', [storedAttack({ ...attack, act: 'x', at: now.toISOString() })]);
    for (let i = 0; i < 100 && standing.attacks().size === 0; i++) await delay(20);
    assert.deepEqual([...standing.attacks().keys()], ['k']);
    await server.kill();
    for (let i = 0; i < 200 && failures === 0; i++) await delay(20);
    assert.ok(failures > 0);
    assert.deepEqual([...standing.attacks().keys()], ['k']);
  },
);

test('an approval that another process gives and takes back', async () => {
  await using desk = await openDesk('sqlite');
  const value = { alias, table: 'reply-to', value: 'Anna@gmail.com' };
  const act = await desk.elsewhere.approveValue(value, operator, why);
  await desk.standing.refresh();
  assert.deepEqual([...desk.standing.approvedFor(alias, now)], ['reply-to anna@gmail.com']);
  await desk.elsewhere.undo(act.id, operator, why);
  await desk.standing.refresh();
  assert.deepEqual([...desk.standing.approvedFor(alias, now)], []);
});
