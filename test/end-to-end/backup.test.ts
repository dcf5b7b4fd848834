import assert from 'node:assert/strict';
import { readdir, rm, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { activate } from '../../src/activate-rules.ts';
import { formatHostPort, type HostPort } from '../../src/config/host-port.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { createLog } from '../../src/observability/log.ts';
import { loadPseudonymKey } from '../../src/pseudonym-key.ts';
import { startServer, type FrontHopServer } from '../../src/server.ts';
import { openShell } from '../commands/shell.ts';
import { appraisedMail } from '../support/appraised-mail.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { keptIn, mailOfADay, sendMail, startMailDns, type Mail } from './signed-mail.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const morning = Date.parse('2026-11-22T08:00:00Z');
const replayed = 90;
const shell = await openShell();
const rules = {
  ...shippedRuleSet,
  policy: { ...shippedRuleSet.policy, watch: ['billing@maple.example'] },
};

const opened = new AsyncDisposableStack();
let nextHop: SmtpRecorder;
let dns: HostPort;
before(async () => {
  nextHop = opened.use(await SmtpRecorder.start());
  dns = opened.use(await startMailDns()).address;
});
after(() => opened.disposeAsync());

const mailFrom = (first: number, count: number) => mailOfADay(first, count, first);

type Clock = { at: number };

function gateway({ stateDir, store }: Pick<Settings, 'stateDir' | 'store'>, clock: Clock) {
  const settings = completeSettings(
    { listen: anyPort, http: anyPort, dns: [dns], stateDir, store, mode: 'enforce' },
    'gateway.test',
  );
  return startServer({
    // Where a ledger does not answer in time a message is scored without it.
    settings: { ...settings, nextHop: [nextHop.address], storeTimeoutMs: 10_000 },
    ...{ rules, log: createLog('silent'), version: 'test', now: () => new Date(clock.at) },
  });
}

/** Gives the client's final replies. */
async function send(
  server: FrontHopServer,
  mail: readonly Mail[],
  clock: Clock,
): Promise<readonly string[]> {
  await using client = await SmtpDialogue.greeted(server.smtp);
  const replies: string[] = [];
  for (const one of mail) {
    clock.at += 60_000;
    replies.push(await sendMail(client, one));
  }
  return replies;
}

type Place = { readonly stateDir: string; readonly store: string };

/** What a gateway makes of the mail: all that it keeps of each verdict. */
async function replay(place: Place, mail: readonly Mail[]) {
  const clock = { at: morning + 86_400_000 };
  {
    await using server = await gateway(place, clock);
    await send(server, mail, clock);
  }
  return keptIn(place.stateDir)
    .filter(({ appraised }) => appraised.at.getTime() > morning + 86_400_000)
    .map(({ alias, outcome }) => ({ alias, ...outcome }));
}

async function backupAndReplay(
  place: Place,
  wipeStore: () => Promise<void>,
  other: Place,
  markNewer: () => Promise<unknown> = () => Promise.resolve(),
) {
  const flags = ({ stateDir, store }: Place) => ['--state-dir', stateDir, '--store', store];
  const { stateDir, store } = place;
  const pseudonym = createPseudonym(await loadPseudonymKey(stateDir));
  const until = new Date(morning - 3 * 86_400_000);
  await appraisedMail({
    count: 320,
    rules: activate(rules, { mode: 'enforce' }),
    pseudonym,
    store,
    until,
  });

  const serving = `${stateDir}-serving.tar.gz`;
  const clock = { at: morning };
  const held: string[] = [];
  {
    await using server = await gateway(place, clock);
    for (const reply of await send(server, await mailFrom(1000, 80), clock))
      held.push(...(/Held for review as ([0-9a-z]{20})$/.exec(reply)?.slice(1) ?? []));
    assert.ok(held.length >= 2, `${held.length} are held`);
    const taken = await shell.runJson(['backup', '--out', serving, ...flags(place)]);
    assert.equal(taken.code, 0, taken.stderr);
    const running = await shell.run(['restore', serving, '--force', ...flags(place)]);
    assert.equal(running.code, 1);
    assert.match(running.stderr, /serve` runs .*stop it/);
  }

  const archive = `${stateDir}.tar.gz`;
  const taken = await shell.runJson(['backup', '--out', archive, ...flags(place)]);
  assert.equal(taken.code, 0, taken.stderr);
  assert.equal((await stat(archive)).mode & 0o777, 0o600);
  const mail = await mailFrom(5000, replayed);
  const original = await replay(place, mail);
  assert.equal(original.length, replayed);
  const actions = new Set(original.map(({ action }) => action));
  assert.ok(actions.has('pass') && actions.has('quarantine'), [...actions].join(' '));

  await rm(stateDir, { recursive: true });
  await wipeStore();
  const restored = await shell.runJson(['restore', archive, ...flags(place)]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.deepEqual([restored.json['before'], restored.json['program']], [null, '0.1.0']);
  assert.deepEqual(
    (await readdir(stateDir)).filter((name) => /^\.restore|unfinished/.test(name)),
    [],
  );
  const verified = await shell.run(['audit', 'verify', ...flags(place)]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.deepEqual(await replay(place, mail), original);

  const release = [
    'quarantine',
    'release',
    held[0]!,
    '--next-hop',
    formatHostPort(nextHop.address),
  ];
  const before = nextHop.messages.length;
  const released = await shell.run([...release, ...flags(place)]);
  assert.equal(released.code, 0, released.stderr);
  assert.equal(nextHop.messages.length, before + 1);
  const again = await shell.run(['audit', 'verify', ...flags(place)]);
  assert.equal(again.code, 0, again.stdout + again.stderr);

  // What was taken while the gateway served is whole as well. A state that is there is only replaced when told to.
  const elsewhere = await shell.runJson(['restore', serving, ...flags(other)]);
  assert.equal(elsewhere.code, 0, elsewhere.stderr);
  // Its head was to be published within the minute, so that it is whole and not proven yet.
  const sound = await shell.runJson(['audit', 'verify', ...flags(other)]);
  const chains = sound.json['chains'] as { problems: unknown[] }[];
  assert.deepEqual(
    chains.map(({ problems }) => problems),
    [[]],
  );
  const listed = await shell.runJson(['quarantine', 'list', ...flags(other)]);
  assert.deepEqual(
    (listed.json['messages'] as { id: string }[]).map(({ id }) => id).sort(),
    [...held].sort(),
  );
  const refused = await shell.run(['restore', archive, ...flags(other)]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is not empty: --force moves/);
  // Also what a newer program wrote: that is how one goes back.
  await markNewer();
  const replaced = await shell.runJson(['restore', archive, '--force', ...flags(other)]);
  assert.equal(replaced.code, 0, replaced.stderr);
  const aside = await readdir(replaced.json['before'] as string);
  assert.ok(aside.includes('state') && aside.includes('store'), aside.join(' '));
}

test('backup, wipe, restore: the same mail gets the same verdicts, on SQLite', async () => {
  const place = (name: string) => ({
    stateDir: shell.path(name),
    store: `sqlite:${shell.path(name)}/baselines.db`,
  });
  await backupAndReplay(place('sqlite'), () => Promise.resolve(), place('sqlite-other'));
});

test(
  'backup, wipe, restore: the same mail gets the same verdicts, on Redis',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using server: RedisServer = await startRedis();
    await using another = await startRedis();
    const wipe = async () => {
      await server.kill();
      await server.restart();
    };
    await backupAndReplay(
      { stateDir: shell.path('redis'), store: server.url },
      wipe,
      {
        stateDir: shell.path('redis-other'),
        store: another.url,
      },
      async () => {
        const redis = new Redis(another.url);
        await redis.hset('aw:format', 'version', 9, 'readableFrom', 9);
        redis.disconnect();
      },
    );
  },
);
