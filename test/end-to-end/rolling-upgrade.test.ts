import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { redisFormat } from '../../src/redis/redis-format.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { createLog } from '../../src/observability/log.ts';
import { startServer } from '../../src/server.ts';
import { openShell } from '../commands/shell.ts';
import { mailAliases, seeded } from '../support/appraised-mail.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { sendMail, signedMail, startMailDns } from './signed-mail.ts';

const skip = requireInstalled('redis-server', 'redis-server');
const shell = await openShell();
const anyPort = { host: '127.0.0.1', port: 0 };
const day = 86_400_000;
const morning = Date.parse('2026-11-22T08:00:00Z');
const rules = {
  ...shippedRuleSet,
  policy: { ...shippedRuleSet.policy, watch: ['billing@maple.example'] },
};

type Recorded =
  | { readonly script: string; readonly text: string }
  | { readonly script: string; readonly args: readonly string[] }
  | { readonly command: string; readonly args: readonly string[] };

/**
 * What a gateway of commit 2636719, which knew no `aw:format`, told its Redis on the morning of 2026-11-22, when it took and
 * learned four messages of each of four aliases: its own scripts, and every call that writes baselines, ledgers (of these
 * some miss where another node was quicker, as they may) and reviews.
 */
async function formerNode(redis: Redis) {
  const lines = (await readFile(new URL('./former-node.jsonl', import.meta.url), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded);
  const scripts = new Map(
    lines.flatMap((line) => ('text' in line ? [[line.script, line.text]] : [])),
  );
  const calls = lines.filter((line) => !('text' in line));
  let next = 0;
  return {
    /** Goes on with so many messages; gives what its Redis answered about each. */
    take: async (messages: number) => {
      const observed: unknown[] = [];
      while (next < calls.length) {
        const call = calls[next]!;
        const isMessage = 'script' in call && call.script === 'redis-observe';
        if (isMessage && observed.length === messages) break;
        next++;
        if ('text' in call) continue;
        const args = call.args.map((arg) => Buffer.from(arg, 'latin1'));
        // An error of the server rejects.
        if ('command' in call) await redis.call(call.command, ...args);
        else {
          const [keyCount = Buffer.from('0'), ...rest] = args;
          const script = scripts.get(call.script) ?? '';
          const answer = await redis.eval(script, keyCount.toString(), ...rest);
          if (isMessage) observed.push(answer);
        }
      }
      return observed;
    },
    isDone: () => next === calls.length,
  };
}

/** As `readObservation` of that node read it. */
function assertUnderstood(answer: unknown): void {
  const parts = answer as readonly unknown[];
  const text = parts[8];
  if (typeof text === 'string') {
    const snapshot = JSON.parse(text) as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.keys(snapshot).sort(), ['counters', 'daily', 'days', 'firstDay']);
  }
  for (const record of [parts[0], ...parts.slice(9)])
    assert.match(String(record), /^(?:null|[0-9a-f]+(?:,[0-9a-f]+){7})$/);
}

test(
  'a node of before and one of today share a Redis: both go on, and what they learn adds up',
  { skip },
  async () => {
    await using opened = new AsyncDisposableStack();
    const server = opened.use(await startRedis());
    const redis = opened.adopt(new Redis(server.url), (client) => client.disconnect());
    const nextHop = opened.use(await SmtpRecorder.start());
    const dns = opened.use(await startMailDns());
    const former = await formerNode(redis);
    for (const answer of await former.take(6)) assertUnderstood(answer);
    assert.equal(await redis.exists('aw:format'), 0);

    // Nodes that share a Redis share their key.
    await mkdir(shell.path('node'));
    await writeFile(shell.path('node/pseudonym.key'), Buffer.alloc(32, 7), { mode: 0o600 });
    const clock = { at: morning + day / 4 };
    const settings = completeSettings(
      {
        ...{ listen: anyPort, http: anyPort, dns: [dns.address], stateDir: shell.path('node') },
        ...{ store: server.url, mode: 'enforce' },
      },
      'gateway.test',
    );
    const random = seeded(200);
    {
      await using today = await startServer({
        settings: { ...settings, nextHop: [nextHop.address], storeTimeoutMs: 10_000 },
        ...{ rules, log: createLog('silent'), version: 'test', now: () => new Date(clock.at) },
      });
      assert.deepEqual(await redis.hgetall('aw:format'), {
        version: `${redisFormat.version}`,
        readableFrom: `${redisFormat.readableFrom}`,
      });
      await using client = await SmtpDialogue.greeted(today.smtp);
      for (let round = 0; round < 6; round++) {
        // The one of today takes mail of each alias, and the one of before goes on between.
        if (round === 5) clock.at += 4 * day;
        for (const index of mailAliases.keys()) {
          clock.at += 60_000;
          const mail = await signedMail({ index, number: 200 + round, random, lures: 1000 });
          assert.match(await sendMail(client, mail), /^250/);
        }
        for (const answer of await former.take(2)) assertUnderstood(answer);
      }
    }
    assert.ok(former.isDone());

    assert.equal(nextHop.messages.length, 24);
    const verdicts = nextHop.messages.map((message) =>
      message
        .toString()
        .replaceAll('\r\n ', ' ')
        .match(/X-Aliaswatch-Verdict: (\w+);.*? n=(\d+);/),
    );
    // Of each alias four messages of the one and five of the other are known, four days later.
    for (const [index, found] of verdicts.entries()) {
      assert.ok(found !== null && found[1] !== 'unavailable', `message ${index}`);
      assert.equal(found[2], index < 20 ? '0' : '9', `message ${index}`);
    }
    await using store = await openRedisStore(server.url, defaultStoreLimits, { timeoutMs: 2000 });
    const aliases = await store.aliases();
    assert.equal(aliases.length, mailAliases.length);
    for (const alias of aliases) {
      const { snapshot, values } = await store.describe(alias, new Date(clock.at + 4 * day));
      assert.equal(snapshot.counters['n'], 10, alias);
      for (const { record } of values) assert.ok(Object.values(record).every(Number.isSafeInteger));
      const reach = values.find(({ table }) => table === 'reach');
      assert.equal(reach?.record.count, 10, alias);
    }
  },
);
