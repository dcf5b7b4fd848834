import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort } from '../../src/config/host-port.ts';
import type { FrontHopServer } from '../../src/server.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { rulesetOf, sendClaim, type LogLine } from './gateway.ts';
import { smallRules, versionOf } from './small-rules.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Root may read everything: the gateway runs as somebody else then. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

async function giveAway(directory: string): Promise<void> {
  if (nobody === null) return;
  const names = await readdir(directory, { recursive: true });
  for (const path of [directory, ...names.map((name) => join(directory, name))])
    await chown(path, nobody.uid, nobody.gid);
}

test('files that may not be read any more are refused, and mail goes on', async (t) => {
  await using cleanup = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-denied-'));
  cleanup.defer(() => rm(stateDir, { recursive: true, force: true }));
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  const { path } = rules;
  await giveAway(dirname(path));
  await giveAway(stateDir);
  await using dns = await startZoneServer(
    { 'docusign.net': { TXT: ['v=spf1 -all'] } },
    { host: '127.0.0.1', port: 0 },
  );
  const { host, port } = nextHop.address;
  const flags = [
    ...['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', '--next-hop', `${host}:${port}`],
    ...['--dns', dns.address, '--notice-mode', 'off', '--state-dir', stateDir, '--rules', path],
  ];
  const child = spawn(process.execPath, [main, 'serve', ...flags], {
    ...nobody,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  cleanup.defer(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const news = new EventEmitter();
  createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    news.emit(line.msg.startsWith('rules not activated:') ? 'refused' : line.msg, line);
  });
  const next = async (event: string) => {
    const [line] = (await once(news, event, { signal: AbortSignal.timeout(60_000) })) as [LogLine];
    return line;
  };
  const address = parseHostPort(String((await next('ready'))['smtp']));
  assert.ok(address.ok);
  const server = { smtp: address.value } as FrontHopServer;
  const version = await versionOf(path);
  const judge = async () => {
    assert.match(await sendClaim({ server }), /^250/);
    return rulesetOf(nextHop.messages.at(-1));
  };
  assert.equal(await judge(), version);

  for (const { name, denied, mode } of [
    { name: 'a file', denied: join(path, 'policy.yaml'), mode: 0o644 },
    { name: 'the directory', denied: path, mode: 0o755 },
  ])
    await t.test(name, async () => {
      const refused = next('refused');
      await chmod(denied, 0);
      const { step, problems } = await refused;
      assert.equal(step, 'check');
      assert.match(String(problems), /may not be read/);
      assert.equal(await judge(), version);
      await chmod(denied, mode);
    });

  await t.test('what may be read again is taken', async () => {
    const changed = next('rules changed');
    await rules.write('policy.yaml', 'mode: shadow\n');
    const now = await versionOf(path);
    assert.equal((await changed)['ruleset'], now);
    assert.equal(await judge(), now);
  });
});
