import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CallGuard } from '../../src/redis/call-guard.ts';
import { RedisClient } from '../../src/redis/redis-client.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';

const timeoutMs = 40;

/** As the mail of a few hundred sessions keeps a process, without a look at any socket. */
function beBusy(durationMs = 3 * timeoutMs): void {
  const until = performance.now() + durationMs;
  while (performance.now() < until);
}

test('an answer that waits unread while the process is busy is no late one', async () => {
  const guard = new CallGuard({ timeoutMs, isAnswer: () => false });
  for (let round = 0; round < 10; round++) {
    const asked = guard.call(() => stat('.'));
    await turn();
    beBusy();
    assert.ok((await asked).isDirectory());
  }
});

test('no answer is late, busy or not, and after five nobody is asked for a moment', async () => {
  const guard = new CallGuard({ timeoutMs, isAnswer: () => false });
  for (let round = 0; round < 5; round++) {
    const asked = guard.call(() => new Promise(() => undefined));
    if (round % 2 === 0) beBusy();
    await assert.rejects(asked, /no answer within 40 ms/);
  }
  const unasked = guard.call(() => assert.fail('asked'));
  await assert.rejects(unasked, /is not asked for a moment/);
});

test(
  'a Redis that answers is heard, however long the turn takes in which it is asked',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using redis = await startRedis();
    await using client = new RedisClient(redis.url, { title: 'Store', timeoutMs });
    await client.connected();
    for (let round = 0; round < 10; round++) {
      const asked = client.ask(() => client.commands.ping());
      beBusy();
      assert.equal(await asked, 'PONG');
    }
  },
);
