import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import {
  startRecordingNextHop,
  type RecordingNextHop,
} from '../../src/commands/demo/recording-next-hop.ts';
import { formatHostPort } from '../../src/config/host-port.ts';
import { openLiveStore } from '../../src/live/open-live-store.ts';
import { openHeldMail } from '../../src/quarantine/open-held-mail.ts';
import { smallCopyOfRules, type RuleDirectory } from '../config/rule-directory.ts';
import { status } from '../live/samples.ts';
import { content, heldMessage, prefix } from '../quarantine/samples.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
let rules: RuleDirectory;
let nextHop: RecordingNextHop;
before(async () => {
  rules = await smallCopyOfRules();
  await rm(`${rules.path}/tests`, { recursive: true, force: true });
  nextHop = await startRecordingNextHop();
});
after(async () => {
  await rules[Symbol.asyncDispose]();
  await nextHop[Symbol.asyncDispose]();
});

let sites = 0;
let messages = 0;

/** A gateway of its own under which sets a, b and c were activated one after the other. */
async function openSite(store?: string) {
  const stateDir = shell.path(`state-${++sites}`);
  const location = store ?? `sqlite:${stateDir}/baselines.db`;
  const settings = ['--state-dir', stateDir, '--store', location];
  const run = (...args: readonly string[]) => shell.run(['rules', ...args, ...settings]);
  const activate = async (policy: string) => {
    await rules.write('policy.yaml', policy);
    const args = ['rules', 'activate', rules.path, ...settings];
    return String((await shell.runJson(args)).json['version']);
  };
  const [a, b, c] = [
    await activate('mode: shadow\n'),
    await activate('mode: tag\n'),
    await activate('mode: enforce\n'),
  ];
  const hold = async (count: number, onlyUnder: string, directory = `${stateDir}/quarantine`) => {
    await using quarantine = await openHeldMail({
      ...{ directory, store: location, storeTimeoutMs: 2000, keyFile: null, maxBytes: null },
      onIndexFailed: (error) => assert.fail(String(error)),
    });
    for (let n = 0; n < count; n++) {
      const id = String(++messages).padStart(20, '0');
      await quarantine.hold(heldMessage({ id, onlyUnder }), prefix, content);
    }
    return quarantine.directoryId;
  };
  const delivery = ['--next-hop', formatHostPort(nextHop.address)];
  const release = (...args: readonly string[]) =>
    run('rollback', '--release-held', ...args, ...delivery);
  return { ...{ a, b, c, stateDir, location, run, activate, hold, release } };
}

const released = (count: number, ...rulesets: readonly string[]) =>
  new RegExp(
    `^${count} messages that were held only because of ${rulesets.join(', ')} are released, 0 are still held$`,
    'm',
  );

test('what is given back is judged by the set in force, whatever the rules directory holds', async () => {
  const { b, c, hold, release } = await openSite();
  await hold(2, c);
  const broken = shell.path('broken');
  await mkdir(broken);
  await writeFile(`${broken}/policy.yaml`, 'mode: [');
  const { code, stdout, stderr } = await release('--rules-dir', broken);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, new RegExp(`^${b} is in force; ${c} is taken back`));
  assert.match(stdout, released(2, c));
});

test('a second rollback still offers and gives back what the first one left', async () => {
  const { a, b, c, run, hold, release } = await openSite();
  await hold(2, c);
  await hold(1, b);
  const first = await run('rollback');
  assert.match(first.stdout, new RegExp(`^2 messages are held only because of ${c}: `, 'm'));
  const second = await run('rollback');
  assert.match(
    second.stdout,
    new RegExp(
      `^3 messages are held only because of ${b}, ${c}: \`aliaswatch rules rollback --release-held\` delivers them$`,
      'm',
    ),
  );
  const given = await release();
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.stdout, new RegExp(`^${a} is in force already: nothing more is taken back`));
  assert.match(given.stdout, released(3, b, c));
});

test('where the wanted set is in force already, the release is offered and done all the same', async () => {
  const { a, c, run, activate, hold, release } = await openSite();
  await hold(1, c);
  assert.equal(await activate('mode: shadow\n'), a);
  const offered = await run('rollback', '--to', a);
  assert.equal(offered.code, 0, offered.stderr);
  assert.equal(
    offered.stdout,
    `${a} is in force already: nothing more is taken back\n1 message is held only because of ${c}: \`aliaswatch rules rollback --to ${a} --release-held\` delivers it\n`,
  );
  const given = await release('--to', a);
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.stdout, released(1, c));
  const again = await run('rollback', '--to', a, '--json');
  const { changed, heldOnly } = JSON.parse(again.stdout) as Record<string, unknown>;
  assert.deepEqual([changed, heldOnly], [false, 0]);
});

test('a set that was brought back by its name may be taken back again', async () => {
  const { c, run, hold, release } = await openSite();
  await run('rollback');
  assert.equal((await run('rollback', '--to', c)).code, 0);
  await hold(1, c);
  const given = await release();
  assert.match(given.stdout, new RegExp(`is in force; ${c} is taken back`));
  assert.match(given.stdout, /^1 messages that .* are released, 0 are still held$/m);
});

test('dropping a candidate by naming the set in force gives back what the candidate held', async () => {
  const { c, stateDir, location, hold, release } = await openSite();
  await rules.write('policy.yaml', 'mode: enforce\ntag: {budget: 0.002}\n');
  const store = ['--state-dir', stateDir, '--store', location];
  const canary = ['rules', 'activate', rules.path, '--canary', '0.5', ...store];
  const tried = String((await shell.runJson(canary)).json['version']);
  await hold(1, tried);
  await hold(1, c);
  assert.match((await release('--to', c)).stdout, released(1, tried));
});

test('that a rollback cannot be put on record does not hide that it took effect', async () => {
  const { b, stateDir, run } = await openSite();
  await rm(`${stateDir}/audit`, { recursive: true });
  await writeFile(`${stateDir}/audit`, 'not a directory');
  const { code, stdout, stderr } = await run('rollback');
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^${b} is in force; `));
  assert.match(stderr, /^warning: it has taken effect, and is not on record in the audit log: /);
});

const skip = requireInstalled('redis-server', 'redis-server');

describe('mail in the quarantine of another node', { skip }, () => {
  test('is named with its host, the rest is released, and the command fails', async () => {
    await using redis = await startRedis();
    const { c, stateDir, location, hold, release } = await openSite(redis.url);
    await hold(2, c);
    const [there, nowhere] = [
      await hold(3, c, `${stateDir}-mx2`),
      await hold(1, c, `${stateDir}-mx3`),
    ];
    await using live = await openLiveStore(location, { timeoutMs: 2000 });
    await live.say('a', { ...status, host: 'mx2.example', quarantine: there }, 60_000);
    const { code, stdout, stderr } = await release();
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, released(2, c));
    const lines = stdout.split('\n').filter((line) => line.startsWith('not readable here: '));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /3 held on mx2\.example\b.*; run the same command there$/);
    assert.ok(
      lines[0]?.includes(`1 held on a node whose gateway does not run (quarantine ${nowhere})`),
    );
  });
});
