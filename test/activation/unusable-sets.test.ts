import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { openShell } from '../commands/shell.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { rulesetOf, sendClaim, startGateway, type Gateway } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const shell = await openShell();
const judgedBy = async (gateway: Gateway, nextHop: SmtpRecorder) => {
  assert.match(await sendClaim(gateway), /^250/);
  return rulesetOf(nextHop.messages.at(-1));
};
const isRefusalOf =
  (version: string) =>
  ({ msg, ruleset, via }: Readonly<Record<string, unknown>>) =>
    String(msg).startsWith('rules not activated:') && ruleset === version && via === 'store';
const checkRefusals = 'aliaswatch_rules_rejected_total{step="check"}';

type Damage = {
  readonly name: string;
  readonly skip: string | false;
  /** A new store, and how what it keeps of a set is damaged. */
  readonly open: () => Promise<
    AsyncDisposable & {
      readonly store: string;
      readonly damage: (version: string) => Promise<unknown>;
    }
  >;
};

let files = 0;
async function sqliteWith(sql: string): ReturnType<Damage['open']> {
  const path = shell.path(`unusable-${files++}.db`);
  await rm(path, { force: true });
  return {
    store: `sqlite:${path}`,
    damage: (version) => {
      using database = new DatabaseSync(`${path}-rules`);
      return Promise.resolve(database.prepare(sql).run(version));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const damages: readonly Damage[] = [
  {
    name: 'SQLite, files missing',
    skip: false,
    open: () => sqliteWith('DELETE FROM rule_set WHERE version = ?'),
  },
  {
    name: 'SQLite, a broken row',
    skip: false,
    open: () => sqliteWith("UPDATE rule_set SET files = x'1f8b00' WHERE version = ?"),
  },
  {
    name: 'Redis, files missing',
    skip: requireInstalled('redis-server', 'redis-server'),
    open: async () => {
      const redis = await startRedis();
      const damage = async (version: string) => {
        const client = new Redis(redis.url);
        await client.hdel('aw:{rules}:files', version);
        client.disconnect();
      };
      return {
        store: redis.url,
        damage,
        [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
      };
    },
  },
];

for (const { name, skip, open } of damages)
  describe(`what is named and cannot be used: ${name}`, { skip }, () => {
    test('at a start the last set before it is in force, not what the directory was left at', async () => {
      await using stored = await open();
      await using nextHop = await SmtpRecorder.start();
      await using rules = await smallRules('mode: tag\n');
      await using second = await smallRules('mode: shadow\n');
      await using third = await smallRules('mode: tag\nwatch: [ann@example.org]\n');
      const start = { nextHop: nextHop.address, rulesDir: rules.path, store: stored.store };
      const flags = ['--store', stored.store];
      const [left, good, bad] = [
        await versionOf(rules.path),
        await versionOf(second.path),
        await versionOf(third.path),
      ];
      {
        await using gateway = await startGateway(start);
        assert.equal(await judgedBy(gateway, nextHop), left);
      }
      for (const { path } of [second, third]) {
        const done = await shell.run(['rules', 'activate', path, ...flags]);
        assert.equal(done.code, 0, done.stderr);
      }
      await stored.damage(bad);
      await using gateway = await startGateway(start);
      await gateway.logged(({ msg }) => msg.startsWith(`${good}, which was in force before`));
      await gateway.logged(isRefusalOf(bad));
      assert.equal(await judgedBy(gateway, nextHop), good);
      assert.equal(await gateway.metric(checkRefusals), 1);
      assert.equal(await gateway.metric('aliaswatch_rules_last_reload_success'), 0);
    });
  });

test('a running gateway keeps what it has, says so once, and takes what comes next', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  await using others = await smallRules('mode: shadow\n');
  await using gateway = await startGateway({ nextHop: nextHop.address, rulesDir: rules.path });
  const store = `sqlite:${join(gateway.stateDir, 'baselines.db')}`;
  const before = await versionOf(rules.path);
  const other = await versionOf(others.path);
  name(gateway, 'gone00000000', { candidate: null });
  await gateway.logged(isRefusalOf('gone00000000'));
  assert.equal(await judgedBy(gateway, nextHop), before);
  assert.equal(await gateway.metric(checkRefusals), 1);
  const status = async () =>
    (await shell.runJson(['rules', 'status', '--store', store])).json['refusedReloads'];
  const deadline = AbortSignal.timeout(30_000);
  while ((await status()) !== 1) deadline.throwIfAborted();
  // A file whose set is known already is no way back: that set was replaced.
  await gateway.server.reloadRules();
  assert.equal(await judgedBy(gateway, nextHop), before);

  const done = await shell.run(['rules', 'activate', others.path, '--store', store]);
  assert.equal(done.code, 0, done.stderr);
  await gateway.logged(({ msg, ruleset }) => msg === 'rules changed' && ruleset === other);
  assert.equal(await judgedBy(gateway, nextHop), other);
  assert.equal(await gateway.metric('aliaswatch_rules_last_reload_success'), 1);
  assert.equal(await gateway.metric(checkRefusals), 1);
});

test('a candidate that cannot be used is dropped alone', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  await using others = await smallRules('mode: shadow\n');
  await using gateway = await startGateway({ nextHop: nextHop.address, rulesDir: rules.path });
  const store = `sqlite:${join(gateway.stateDir, 'baselines.db')}`;
  const before = await versionOf(rules.path);
  const other = await versionOf(others.path);
  assert.equal((await shell.run(['rules', 'activate', others.path, '--store', store])).code, 0);
  await gateway.logged(({ msg, ruleset }) => msg === 'rules changed' && ruleset === other);
  name(gateway, before, { candidate: 'gone00000000' });
  await gateway.logged(isRefusalOf('gone00000000'));
  assert.equal(await judgedBy(gateway, nextHop), before);
  const candidates = gateway.lines.filter(({ msg }) => msg === 'rules changed');
  assert.deepEqual(
    candidates.map(({ candidate }) => candidate),
    [null, null],
  );
});

test('a set whose stored files are gone is stored again, and others are held against the one before', async () => {
  await using stored = await sqliteWith('DELETE FROM rule_set WHERE version = ?');
  await using rules = await smallRules('mode: tag\n');
  await using others = await smallRules('mode: shadow\n');
  const flags = ['--store', stored.store, '--state-dir', shell.path('state-stored-again')];
  const activate = (path: string) => shell.runJson(['rules', 'activate', path, ...flags]);
  const version = await versionOf(rules.path);
  assert.equal((await activate(rules.path)).json['changed'], true);
  await stored.damage(version);
  const refused = await activate(others.path);
  assert.deepEqual([refused.code, refused.json['ok']], [1, false]);
  assert.match(JSON.stringify(refused.json), /files of rule set [0-9a-f]{12} are not stored/);
  const forced = await shell.runJson([
    ...['rules', 'activate', rules.path, '--force', '--reason', 'files are gone', ...flags],
  ]);
  assert.equal(forced.json['changed'], true);
  assert.deepEqual((await activate(rules.path)).json['changed'], false);
  assert.equal((await activate(others.path)).json['changed'], true);
  await stored.damage(await versionOf(others.path));
  assert.equal((await activate(others.path)).json['changed'], true);
});

/** As another node with another version of the program may leave it. */
function name(
  { stateDir }: Gateway,
  active: string,
  { candidate }: { readonly candidate: string | null },
): void {
  using database = new DatabaseSync(join(stateDir, 'baselines.db-rules'));
  const state = {
    active,
    candidate: candidate && { version: candidate, stage: { kind: 'canary', share: 1 } },
    ignored: [],
  };
  database
    .prepare('UPDATE in_force SET sequence = sequence + 1, state = ?')
    .run(JSON.stringify(state));
}
