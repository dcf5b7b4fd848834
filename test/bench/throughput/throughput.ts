import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startZoneServer } from '../../../src/commands/demo/zone-server.ts';
import { startRedis } from '../../support/redis.ts';
import { startSmtpSink } from '../../support/smtp-sink.ts';
import { vendorZone } from '../../support/zone.ts';
import { isInstalled } from '../../support/installed.ts';
import { sendLoad } from './send-load.ts';
import { writeMailFile } from './mail-file.ts';
import { cpuSecondsOf, peakBytesOf } from './process-usage.ts';
import { signedMail, type BenchSender } from './signed-mail.ts';
import { startBareRelay, startGateway, type Subject } from './subjects.ts';
import { medianOf, ratiosOf, table, type Figures } from './throughput-report.ts';

/**
 * What one message costs, side by side in one run: the sink alone, a relay of the same libraries, with and without
 * mailauth, and the gateway for mail that nobody watches and for watched mail on SQLite and on Redis. Each is a process
 * of its own and takes its turn in every round; read the ratios. No other filter is run: the ratios to Haraka and to
 * rspamd are null.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '2000' },
    bytes: { type: 'string', default: '5000' },
    sessions: { type: 'string', default: '50' },
  },
});
const [rounds, count, sizeBytes] = [options.rounds, options.messages, options.bytes].map(
  Number,
) as [number, number, number];
const dayMs = 86_400_000;
const unwatched: BenchSender = { domain: 'unwatched.bench.test', sizeBytes };
const watched: BenchSender = { domain: 'watched.bench.test', sizeBytes };
const taughtDays = 20;
const taughtPerDay = 40;

await using opened = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
opened.defer(() => rm(directory, { recursive: true, force: true }));
const sink = opened.use(await startSmtpSink('-m', '400'));
const local = { ip4: '127.0.0.0/8' };
const zone = { ...vendorZone(unwatched.domain, local), ...vendorZone(watched.domain, local) };
const dns = opened.use(await startZoneServer(zone, { host: '127.0.0.1', port: 0 }));
const site = { directory, sinkPort: sink.port, dns: dns.address };

const now = new Date();
// One round more than is measured: the first warms caches and compilers up.
const mailOf = (sender: BenchSender) => {
  const path = join(directory, `${sender.domain}.mail`);
  const numbers = Array.from({ length: (rounds + 1) * count }, (_, index) => index);
  writeMailFile(
    path,
    numbers.map((number) => Buffer.from(signedMail(sender, number, now))),
  );
  return path;
};
const mail = new Map([unwatched, watched].map((sender) => [sender.domain, mailOf(sender)]));
const taught = join(directory, 'taught.mbox');
await writeFile(taught, taughtMail());

const subjects: Subject[] = [];
const start = async (subject: Promise<Subject>) => subjects.push(opened.use(await subject));
await start(startBareRelay('bare relay', unwatched, site, false));
await start(startBareRelay('bare relay + mailauth', unwatched, site, true));
await start(startGateway('unwatched', unwatched, site, null));
const sqlite = `sqlite:${join(directory, 'watched.db')}`;
await start(startGateway('watched, SQLite', watched, site, { store: sqlite, taught }));
if (isInstalled('redis-server')) {
  const redis = opened.use(await startRedis());
  await start(startGateway('watched, Redis', watched, site, { store: redis.url, taught }));
}

const samples = new Map<string, Figures[]>();
for (let round = 0; round <= rounds; round++)
  for (const subject of [...subjects, null]) {
    const figures = await measure(subject, round * count);
    const name = subject?.name ?? 'sink alone';
    if (round > 0) samples.set(name, [...(samples.get(name) ?? []), figures]);
  }
const ratios = ratiosOf(samples);
const medians = Object.fromEntries([...samples].map(([name, all]) => [name, medianOf(all)]));
process.stdout.write(
  options.json
    ? `${JSON.stringify({ rounds, count, sizeBytes, subjects: medians, ratios })}\n`
    : table({ rounds, count, sizeBytes, medians, ratios }),
);

async function measure(subject: Subject | null, first: number): Promise<Figures> {
  const before = subject === null ? 0 : cpuSecondsOf(subject.pid);
  const { seconds, latenciesMs } = await sendLoad({
    port: subject?.port ?? sink.port,
    mail: mail.get((subject?.sender ?? unwatched).domain) ?? '',
    ...{ first, count, sessions: Number(options.sessions) },
  });
  return {
    perSecond: count / seconds,
    cpuMs: subject === null ? null : ((cpuSecondsOf(subject.pid) - before) * 1000) / count,
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? 0,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? 0,
    peakBytes: subject === null ? null : peakBytesOf(subject.pid),
  };
}

/** What the watched sender wrote before, as an mbox file: days that have matured by now. */
function taughtMail(): string {
  const parts: string[] = [];
  for (let index = 0; index < taughtDays * taughtPerDay; index++) {
    const day = taughtDays + 3 - Math.floor(index / taughtPerDay);
    const at = new Date(now.getTime() - day * dayMs + (index % taughtPerDay) * 1_800_000);
    const message = signedMail(watched, 10_000_000 + index, at).replaceAll('\r\n', '\n');
    const date = at.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, '$1 $3 $2 $5 $4');
    parts.push(
      `From bounce@${watched.domain} ${date}\nReceived: from mail.${watched.domain} (mail [127.0.0.1]) by mx.example.test; ${at.toUTCString().replace('GMT', '+0000')}\n${message}\n`,
    );
  }
  return parts.join('');
}
