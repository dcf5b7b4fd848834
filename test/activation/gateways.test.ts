import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, startRedisCluster } from '../support/redis.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { rulesetOf, sendClaim, startGateway, type Gateway, type LogLine } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const shell = await openShell();
const servers = new AsyncDisposableStack();
after(() => servers.disposeAsync());
const withoutRedis = requireInstalled('redis-server', 'redis-server');

const stores = [
  {
    name: 'two processes on one SQLite file',
    skip: false as string | false,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-shared-'));
      servers.defer(() => rm(folder, { recursive: true, force: true }));
      return `sqlite:${join(folder, 'baselines.db')}`;
    },
  },
  {
    name: 'two nodes on one Redis',
    skip: withoutRedis,
    open: async () => servers.use(await startRedis()).url,
  },
  {
    name: 'two nodes on one Redis Cluster',
    skip: withoutRedis,
    open: async () => servers.use(await startRedisCluster()).url,
  },
];

const took = (gateway: Gateway, version: string) =>
  gateway.logged(({ msg, ruleset }) => msg === 'rules changed' && ruleset === version);

for (const { name, skip, open } of stores)
  describe(name, { skip }, () => {
    test('what one activates or takes back is in force on both within a second, and so is the breaker', async () => {
      await using nextHop = await SmtpRecorder.start();
      await using rules = await smallRules('mode: tag\n');
      await using others = await smallRules('mode: shadow\n');
      const store = await open();
      const start = { nextHop: nextHop.address, rulesDir: rules.path, store };
      await using first = await startGateway(start);
      await using second = await startGateway(start);
      const [before, next] = [await versionOf(rules.path), await versionOf(others.path)];
      const judge = async (gateway: Gateway) => {
        assert.match(await sendClaim(gateway), /^250/);
        return rulesetOf(nextHop.messages.at(-1));
      };
      assert.deepEqual([await judge(first), await judge(second)], [before, before]);

      const command = async (...args: readonly string[]) => {
        const outcome = await shell.run(['rules', ...args, '--store', store]);
        assert.equal(outcome.code, 0, outcome.stderr);
      };
      await command('activate', others.path);
      await Promise.all([took(first, next), took(second, next)]);
      assert.deepEqual([await judge(first), await judge(second)], [next, next]);

      const startedMs = performance.now();
      await command('rollback', '--reason', 'holds invoices');
      await Promise.all([took(first, before), took(second, before)]);
      const tookMs = performance.now() - startedMs;
      assert.deepEqual([await judge(first), await judge(second)], [before, before]);
      assert.ok(tookMs < 1000, `a rollback took ${tookMs.toFixed(0)} ms`);

      // The breaker is shared as well: an order reaches who did not give it, and so does its end.
      const both = (isIt: (line: LogLine) => boolean) =>
        Promise.all([first.logged(isIt), second.logged(isIt)]);
      await command('breaker', 'open', '--reason', 'holds invoices');
      await both(({ msg }) => msg.startsWith('breaker opened'));
      for (const gateway of [first, second])
        assert.equal(await gateway.metric('aliaswatch_breaker_open{cause="hand"}'), 1);
      await command('breaker', 'close', '--reason', 'vendor redesign');
      await both(({ msg }) => msg === 'breaker closed');
      for (const gateway of [first, second])
        assert.equal(await gateway.metric('aliaswatch_breaker_open{cause="hand"}'), 0);
    });
  });

test(
  'without its store a gateway goes on with what is in force, and follows again',
  { skip: withoutRedis },
  async () => {
    await using redis = await startRedis();
    await using nextHop = await SmtpRecorder.start();
    await using rules = await smallRules('mode: tag\n');
    const store = redis.url;
    const start = { nextHop: nextHop.address, rulesDir: rules.path, store };
    await using gateway = await startGateway(start);
    const version = await versionOf(rules.path);
    await redis.kill();
    await gateway.logged(({ msg }) => msg.startsWith('stored rules not read'));
    assert.match(await sendClaim(gateway), /^250/);
    assert.equal(rulesetOf(nextHop.messages.at(-1)), version);
    assert.ok((await gateway.metric('aliaswatch_rules_follow_failures_total'))! > 0);

    // It comes back with nothing in it.
    await redis.restart();
    const deadline = AbortSignal.timeout(30_000);
    for (let active: unknown = null; active !== version;) {
      deadline.throwIfAborted();
      const history = await shell.runJson(['rules', 'history', '--store', store]);
      active = (history.json['inForce'] as { readonly active: unknown } | undefined)?.active;
    }
  },
);
