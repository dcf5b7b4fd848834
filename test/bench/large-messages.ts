import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { createLog } from '../../src/observability/log.ts';
import { startServer } from '../../src/server.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';

/**
 * Peak memory of the whole gateway while it takes large messages on many sessions at once, authenticates each and relays
 * it to smtp-sink. Senders are a process of their own.
 */
const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '40' },
    megabytes: { type: 'string', default: '25' },
    client: { type: 'string' },
  },
});
const anyPort = { host: '127.0.0.1', port: 0 };
const sessions = Number(options.sessions);
const messageBytes = Number(options.megabytes) * 1_000_000;

if (options.client !== undefined) await Promise.all(Array.from({ length: sessions }, sendOne));
else await measure();

async function sendOne(): Promise<void> {
  const socket = connect(Number(options.client), '127.0.0.1');
  const replies = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const expect = async (code: string): Promise<void> => {
    const { value } = await replies.next();
    if (value?.toString().startsWith(code) !== true)
      throw new Error(`not ${code}: ${String(value)}`);
  };
  await expect('220');
  for (const [line, code] of [
    ['EHLO bench.test', '250'],
    ['MAIL FROM:<a@s.test>', '250'],
    ['RCPT TO:<b@e.test>', '250'],
    ['DATA', '354'],
  ] as const) {
    socket.write(`${line}\r\n`);
    await expect(code);
  }
  socket.write('Subject: large\r\n\r\n');
  const lines = Buffer.from(`${'A'.repeat(76)}\r\n`.repeat(840));
  for (let sent = 0; sent < messageBytes; sent += lines.length)
    if (!socket.write(lines)) await once(socket, 'drain');
  socket.write('.\r\n');
  await expect('250');
  socket.end();
}

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
  const loaded = await loadRules('rules');
  if (!loaded.ok) throw new Error('the shipped rules do not load');
  try {
    await using sink = await startSmtpSink('-m', '200');
    await using zone = await startZoneServer({}, { host: '127.0.0.1', port: 0 });
    const dns = hostPortOf(zone.address);
    const settings = completeSettings(
      { listen: anyPort, http: anyPort, nextHop: [sink], dns: [dns], stateDir: directory },
      'bench.test',
    );
    await using server = await startServer({
      settings: { ...settings, nextHop: [sink] },
      rules: loaded.rules,
      log: createLog('silent'),
      version: 'bench',
    });
    const startBytes = process.memoryUsage.rss();
    let peakBytes = 0;
    const sampling = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }, 10);
    const startedMs = performance.now();
    const sender = spawn(
      process.execPath,
      [
        import.meta.filename,
        `--client=${server.smtp.port}`,
        `--sessions=${sessions}`,
        `--megabytes=${options.megabytes}`,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const [code] = (await once(sender, 'exit')) as [number];
    clearInterval(sampling);
    const tookMs = Math.round(performance.now() - startedMs);
    process.stdout.write(
      `${sessions} sessions of ${options.megabytes} MB at once: peak RSS ${megabytes(peakBytes)} MB (${megabytes(startBytes)} MB before), ${tookMs} ms, ${code === 0 ? 'all accepted' : 'FAILED'}\n`,
    );
    process.exitCode = code;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

function hostPortOf(text: string): HostPort {
  const reading = parseHostPort(text);
  if (!reading.ok) throw new Error(text);
  return reading.value;
}
