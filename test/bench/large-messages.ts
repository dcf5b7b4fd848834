import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import type { Handle } from '../../src/smtp/client-session.ts';
import { defaultSpoolSizes } from '../../src/smtp/spool.ts';

/**
 * Peak memory of a front hop that takes large messages on many sessions at once, streams each twice as the verifier of
 * signatures does, reads what the analysis reads, and relays to smtp-sink. Senders are a process of their own.
 */
const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '40' },
    megabytes: { type: 'string', default: '25' },
    client: { type: 'string' },
  },
});
const analysedBytes = 4_194_304;
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
  try {
    await using sink = await startSmtpSink('-m', '200');
    await using frontHop = await startTestFrontHop(sink, readTwiceAndDeliver, {
      maxMessageBytes: 52_428_800,
      maxSessions: 500,
      spool: { directory, ...defaultSpoolSizes },
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
        `--client=${frontHop.address.port}`,
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

async function readTwiceAndDeliver(
  ...[{ content }, nextHop]: Parameters<Handle>
): ReturnType<Handle> {
  await content.prefix(analysedBytes);
  for (let nth = 0; nth < 2; nth++) {
    let readBytes = 0;
    for await (const chunk of content.stream() as AsyncIterable<Buffer>) readBytes += chunk.length;
    if (readBytes !== content.sizeBytes) throw new Error('short read');
  }
  return nextHop.deliver(testPrefix, content);
}
