import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { putInForce } from '../../src/activation/change-rules.ts';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { claimed, rulesetOf, type LogLine } from '../activation/gateway.ts';
import { smallRules } from '../activation/small-rules.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const messages = 20_000;
const clients = 24;
/** Then a client connects again. */
const perSession = 20;
const activations = 100;

/** Every fourth message claims a watched alias, and says in its header what it was judged by. */
function messageOf(index: number): string {
  const from = index % 4 === 0 ? claimed : `ann${index % 50}@example.org`;
  return `From: ${from}\r\nTo: jo@example.test\r\nSubject: message ${index}\r\n\r\nhello ${index}\r\n`;
}

/** Sends messages as long as there are any; gives the final replies. */
async function sendMany(gateway: HostPort, next: () => number | null): Promise<readonly string[]> {
  const replies: string[] = [];
  for (let index = next(); index !== null;) {
    await using client = await SmtpDialogue.greeted(gateway);
    for (let sent = 0; sent < perSession && index !== null; sent++, index = next()) {
      client.send('MAIL FROM:<ann@example.org>', 'RCPT TO:<jo@example.test>', 'DATA');
      for (const expected of ['250', '250', '354']) {
        const [reply = ''] = await client.expectAny();
        assert.equal(reply.slice(0, 3), expected, reply);
      }
      client.send(`${messageOf(index)}.`);
      replies.push((await client.expectAny())[0] ?? '');
    }
  }
  return replies;
}

type Serving = AsyncDisposable & {
  readonly smtp: HostPort;
  readonly versions: readonly string[];
  readonly refusals: () => number;
  /** SIGHUP; resolves when the rules directory was refused. */
  readonly refuse: () => Promise<void>;
};

/** `serve` as a process: what its log says of each message, and of rules that it refuses. */
async function serve(flags: readonly string[]): Promise<Serving> {
  const ports = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const child = spawn(process.execPath, [main, 'serve', ...ports, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const news = new EventEmitter();
  const versions: string[] = [];
  let refusals = 0;
  createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    if (line.msg === 'transaction') versions.push(String(line['ruleset']));
    if (line.msg.startsWith('rules not activated:')) {
      refusals++;
      news.emit('refused');
    }
    if (line.msg === 'ready') news.emit('ready', line);
  });
  const [{ smtp }] = (await once(news, 'ready')) as [{ readonly smtp: string }];
  const address = parseHostPort(smtp);
  assert.ok(address.ok);
  return {
    smtp: address.value,
    versions,
    refusals: () => refusals,
    refuse: async () => {
      const refused = once(news, 'refused');
      child.kill('SIGHUP');
      await refused;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

test('rules change a hundred times under load: every message has one set, and none is refused', async (t) => {
  await using cleanup = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-reload-'));
  cleanup.defer(() => rm(stateDir, { recursive: true, force: true }));
  await using nextHop = await SmtpRecorder.start();
  await using rules = await smallRules('mode: tag\n');
  const { path } = rules;
  await using dns = await startZoneServer(
    { 'docusign.net': { TXT: ['v=spf1 -all'] } },
    { host: '127.0.0.1', port: 0 },
  );
  const { host, port } = nextHop.address;
  await using gateway = await serve([
    ...['--next-hop', `${host}:${port}`, '--dns', dns.address, '--notice-mode', 'off'],
    ...['--state-dir', stateDir, '--rules', path],
  ]);
  await using store = await openRuleSets(`sqlite:${join(stateDir, 'baselines.db')}`, {
    timeoutMs: 5000,
  });
  const versions = new Set<string>([(await store.inForce()).active ?? '']);
  let sent = 0;
  const progress = new EventEmitter();
  const next = () => {
    if (sent % 50 === 0) progress.emit('sent');
    return sent < messages ? sent++ : null;
  };
  const policy = join(path, 'policy.yaml');

  /** What an operator may do to the files at the worst moment; each is there for a moment, then the next. */
  const damages: readonly (() => Promise<unknown>)[] = [
    () => writeFile(policy, 'mode: sometimes\n'),
    () => writeFile(policy, 'mode: tag\nactions: {suspicious: '),
    () => writeFile(policy, Buffer.alloc(50 * 1024 * 1024, 0x20)),
    () => rm(policy),
    () => rename(path, `${path}-gone`),
  ];
  const change = async () => {
    for (let index = 0; index < activations; index++) {
      // Spread over the run.
      while (sent < ((index + 1) * messages) / (activations + 5)) await once(progress, 'sent');
      if (index % 20 === 10) {
        await damages[Math.floor(index / 20)]?.();
        await gateway.refuse();
        await rename(`${path}-gone`, path).catch(() => undefined);
      }
      await writeFile(policy, `mode: ${index % 2 === 0 ? 'shadow' : 'tag'}\n# ${index}\n`);
      const loading = await loadRules(path);
      assert.ok(loading.ok);
      versions.add(loading.rules.version);
      await putInForce(store, await store.inForce(), {
        rules: loading.rules,
        stage: index % 5 === 4 ? { kind: 'canary', share: 0.3 } : null,
        ...{ by: 'test', via: 'cli', reason: '', at: new Date(), forced: false, steps: [] },
      });
    }
  };
  const startedMs = performance.now();
  const [replies] = await Promise.all([
    Promise.all(Array.from({ length: clients }, () => sendMany(gateway.smtp, next))),
    change(),
  ]);
  const seconds = (performance.now() - startedMs) / 1000;
  t.diagnostic(`${messages} messages with ${activations} activations in ${seconds.toFixed(1)} s`);

  const refused = replies.flat().filter((reply) => !reply.startsWith('250 '));
  assert.deepEqual(refused, []);
  const delivered = nextHop.messages;
  assert.equal(delivered.length, messages);
  const judged = delivered.filter((message) => message.includes(`\r\nFrom: ${claimed}\r\n`));
  assert.equal(judged.length, messages / 4);
  const seen = new Set<string>();
  for (const message of judged) {
    assert.equal(message.toString('latin1').split('X-Aliaswatch-Verdict:').length, 2);
    seen.add(rulesetOf(message));
  }
  for (const version of seen) assert.ok(versions.has(version), `${version} was never activated`);
  assert.ok(seen.size > activations / 4, `only ${seen.size} sets decided about anything`);
  // The last lines are on their way.
  await gateway[Symbol.asyncDispose]();
  assert.equal(gateway.versions.length, messages);
  for (const version of gateway.versions) assert.ok(versions.has(version), version);
  assert.ok(gateway.refusals() >= damages.length, `${gateway.refusals()} refusals`);
});
