import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { rulesetOf, sendClaim, startGateway, type Gateway, type LogLine } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const shell = await openShell();

/** The next line after those that are there. */
function next(gateway: Gateway, isIt: (line: LogLine) => boolean): Promise<LogLine> {
  const seen = gateway.lines.length;
  return gateway.logged((line) => gateway.lines.indexOf(line) >= seen && isIt(line));
}

const isRefusal = ({ msg }: LogLine) => msg.startsWith('rules not activated:');

test('changed files come into force by themselves; broken ones never do, and mail flows', async (t) => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  const { path } = rules;
  await using gateway = await startGateway({ nextHop: nextHop.address, rulesDir: path });
  const judge = async () => {
    assert.match(await sendClaim(gateway), /^250/);
    return rulesetOf(nextHop.messages.at(-1));
  };
  const changed = () => next(gateway, ({ msg }) => msg === 'rules changed');
  let version = await versionOf(path);
  assert.equal(await judge(), version);

  await t.test('a changed file', async () => {
    const change = changed();
    await rules.write('policy.yaml', 'mode: shadow\n');
    version = await versionOf(path);
    assert.equal((await change)['ruleset'], version);
    assert.equal(await judge(), version);
  });

  const policy = join(path, 'policy.yaml');
  const whole = await readFile(policy);
  const broken: Readonly<Record<string, () => Promise<unknown>>> = {
    'a wrong value': () => rules.write('policy.yaml', 'mode: sometimes\n'),
    'half a file': () => rules.write('policy.yaml', 'mode: tag\nactions: {suspicious: '),
    'not UTF-8': () => rules.write('policy.yaml', Buffer.from([0x6d, 0xff, 0xfe])),
    '50 MB': () => rules.write('policy.yaml', Buffer.alloc(50 * 1024 * 1024, 0x20)),
    'a file that nothing reads': () => rules.write('polcy.yaml', 'mode: tag\n'),
    'a folder in place of a file': async () => {
      await rm(policy);
      await mkdir(policy);
    },
    'a folder that vanishes': () => rename(path, `${path}-gone`),
  };
  for (const [name, damage] of Object.entries(broken))
    await t.test(name, async () => {
      const refused = next(gateway, isRefusal);
      await damage();
      assert.equal((await refused)['step'], 'check');
      assert.equal(await judge(), version);
      assert.equal(await gateway.metric('aliaswatch_rules_last_reload_success'), 0);
      await rename(`${path}-gone`, path).catch(() => undefined);
      await rm(join(path, 'polcy.yaml'), { force: true });
      await rm(policy, { recursive: true, force: true });
      await writeFile(policy, whole);
      await gateway.server.reloadRules();
      assert.equal(await gateway.metric('aliaswatch_rules_last_reload_success'), 1);
    });
  const refusals = await gateway.metric('aliaswatch_rules_rejected_total{step="check"}');
  assert.ok(refusals! >= Object.keys(broken).length, `${refusals} refusals`);

  await t.test('cases beside the rules that fail', async () => {
    await mkdir(join(path, 'tests'));
    const refused = next(gateway, isRefusal);
    await rules.write(
      'tests/wrong.yaml',
      'cases:\n  - {name: no, alias: none, message: "From: a@b.example\\n\\nhello\\n", expect: {verdict: anomalous}}\n',
    );
    await rules.write('policy.yaml', 'mode: enforce\n');
    assert.equal((await refused)['step'], 'test');
    assert.equal(await judge(), version);
    const series = 'aliaswatch_rules_rejected_total{step="test"}';
    const before = await gateway.metric(series);
    const again = next(gateway, ({ msg }) => msg.includes('was refused before'));
    await utimes(policy, new Date(), new Date());
    await again;
    assert.equal(await gateway.metric(series), before, 'what has not changed is not tested again');
    assert.equal(await gateway.metric('aliaswatch_rules_last_reload_success'), 0);
    await gateway.server.reloadRules();
    assert.equal(await gateway.metric(series), before! + 1, 'but where somebody says so');
    const change = changed();
    await rm(join(path, 'tests'), { recursive: true });
    version = await versionOf(path);
    assert.equal((await change)['ruleset'], version);
  });

  await t.test('what was rolled back is not taken again, but by an operator', async () => {
    const flags = ['--store', `sqlite:${join(gateway.stateDir, 'baselines.db')}`];
    const back = changed();
    assert.equal((await shell.run(['rules', 'rollback', ...flags])).code, 0);
    await back;
    const left = next(gateway, ({ msg }) => msg.includes('was rolled back'));
    await gateway.server.reloadRules();
    assert.equal((await left)['ruleset'], version);
    assert.notEqual(await judge(), version);
    const again = changed();
    assert.equal((await shell.run(['rules', 'activate', path, ...flags])).code, 0);
    assert.equal((await again)['ruleset'], version);
  });
});

test('files that are as they were before take nothing back', async (t) => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  await using others = await smallRules('mode: enforce\n');
  const { path } = rules;
  await using gateway = await startGateway({ nextHop: nextHop.address, rulesDir: path });
  const flags = ['--store', `sqlite:${join(gateway.stateDir, 'baselines.db')}`];
  const judge = async () => {
    assert.match(await sendClaim(gateway), /^250/);
    return rulesetOf(nextHop.messages.at(-1));
  };
  const first = await versionOf(path);
  const later = await versionOf(others.path);
  const isOlder = ({ msg, ruleset }: LogLine) =>
    msg.includes('was activated before') && ruleset === first;
  const done = await shell.run(['rules', 'activate', others.path, ...flags]);
  assert.equal(done.code, 0, done.stderr);
  await gateway.logged(({ msg }) => msg === 'rules changed');

  await t.test('a touched file', async () => {
    const older = next(gateway, isOlder);
    await utimes(join(path, 'policy.yaml'), new Date(), new Date());
    assert.equal((await older)['via'], 'file');
    assert.equal(await judge(), later);
  });
  await t.test('SIGHUP', async () => {
    const older = next(gateway, isOlder);
    await gateway.server.reloadRules();
    assert.equal((await older)['via'], 'sighup');
    assert.equal(await judge(), later);
  });
  await t.test('a file that was edited and put back', async () => {
    const change = next(gateway, ({ msg }) => msg === 'rules changed');
    await rules.write('policy.yaml', 'mode: shadow\n');
    const edited = String((await change)['ruleset']);
    const older = next(gateway, isOlder);
    await rules.write('policy.yaml', 'mode: tag\n');
    await older;
    assert.equal(await judge(), edited);
    const back = next(gateway, ({ msg }) => msg === 'rules changed');
    assert.equal((await shell.run(['rules', 'rollback', '--to', first, ...flags])).code, 0);
    assert.equal((await back)['ruleset'], first);
  });
});

test('a start with broken, missing or older files goes on with what was in force', async (t) => {
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  const { path } = rules;
  const stateDir = shell.path('state-of-starts');
  const start = { nextHop: nextHop.address, rulesDir: path, stateDir };
  const judge = async (gateway: Gateway) => {
    assert.match(await sendClaim(gateway), /^250/);
    return rulesetOf(nextHop.messages.at(-1));
  };
  const first = await versionOf(path);
  {
    await using gateway = await startGateway(start);
    assert.equal(await judge(gateway), first);
  }
  await t.test('newer files are activated', async () => {
    await rules.write('policy.yaml', 'mode: shadow\n');
    await using gateway = await startGateway(start);
    await gateway.logged(({ msg }) => msg === 'rules changed');
    assert.equal(await judge(gateway), await versionOf(path));
  });
  const second = await versionOf(path);
  await t.test('older files are left alone', async () => {
    await rules.write('policy.yaml', 'mode: tag\n');
    await using gateway = await startGateway(start);
    await gateway.logged(({ msg }) => msg.includes('was activated before'));
    assert.equal(await judge(gateway), second);
  });
  await t.test('broken files are complained about', async () => {
    await rules.write('policy.yaml', 'mode: sometimes\n');
    await using gateway = await startGateway(start);
    await gateway.logged(isRefusal);
    assert.equal(await judge(gateway), second);
  });
  await t.test('a missing directory as well', async () => {
    await rm(path, { recursive: true });
    await using gateway = await startGateway(start);
    await gateway.logged(isRefusal);
    assert.equal(await judge(gateway), second);
  });
});
