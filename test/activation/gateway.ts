import { EventEmitter, on } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Zone } from '../../src/commands/demo/zone.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import { createLog } from '../../src/observability/log.ts';
import { startServer, type FrontHopServer } from '../../src/server.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A gateway as `serve` starts it, on a rules directory of its own. */
export type Gateway = AsyncDisposable & {
  readonly server: FrontHopServer;
  readonly stateDir: string;
  readonly lines: readonly LogLine[];
  /** The first line, also an earlier one, of which it is true. */
  readonly logged: (isIt: (line: LogLine) => boolean) => Promise<LogLine>;
  /** Value of a series of `/metrics`, such as `aliaswatch_rules_rejected_total{step="check"}`. */
  readonly metric: (series: string) => Promise<number | undefined>;
};

export type GatewayOptions = {
  readonly nextHop: HostPort;
  readonly rulesDir: string;
  readonly store?: string;
  readonly stateDir?: string;
  readonly settings?: Partial<Settings>;
  /** What the vendor publishes. */
  readonly zone?: Zone;
};

/** Of a vendor that small copies of the rules watch; without its signature it is impersonation, and says so. */
export const claimed = 'dse@docusign.net';

export async function startGateway({
  nextHop,
  rulesDir,
  store,
  stateDir: given,
  settings = {},
  zone = { 'docusign.net': { TXT: ['v=spf1 -all'] } },
}: GatewayOptions): Promise<Gateway> {
  await using opened = new AsyncDisposableStack();
  const stateDir = given ?? (await mkdtemp(join(tmpdir(), 'aliaswatch-rules-')));
  if (given === undefined) opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const dns = opened.use(await startZoneServer(zone, anyPort));
  const resolver = parseHostPort(dns.address);
  if (!resolver.ok) throw new Error(resolver.message);
  const { log, lines, logged } = keptLog();
  const loading = await loadRules(rulesDir);
  const complete = completeSettings(
    {
      listen: anyPort,
      http: anyPort,
      dns: [resolver.value],
      stateDir,
      rulesDir,
      noticeMode: 'off',
      ...(store === undefined ? {} : { store }),
    },
    'gateway.test',
  );
  const server = opened.use(
    await startServer({
      settings: { ...complete, ...settings, nextHop: [nextHop] },
      rules: loading.ok ? loading.rules : null,
      watchesRules: true,
      log,
      version: 'test',
    }),
  );
  const owned = opened.move();
  return {
    server,
    stateDir,
    lines,
    logged,
    metric: (series) => metric(server.http, series),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anyPort = { host: '127.0.0.1', port: 0 };

function keptLog() {
  const lines: LogLine[] = [];
  const news = new EventEmitter();
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (const text of chunk.toString().split('\n').filter(Boolean)) {
        const line = JSON.parse(text) as LogLine;
        lines.push(line);
        news.emit('line', line);
      }
      done();
    },
  });
  const logged = async (isIt: (line: LogLine) => boolean): Promise<LogLine> => {
    const later = on(news, 'line', { signal: AbortSignal.timeout(60_000) });
    const earlier = lines.find(isIt);
    if (earlier !== undefined) return earlier;
    for await (const [line] of later as AsyncIterable<[LogLine]>) if (isIt(line)) return line;
    throw new Error('the log ended');
  };
  return { log: createLog('info', stream), lines, logged };
}

async function metric({ host, port }: HostPort, series: string): Promise<number | undefined> {
  const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

/** Sends mail that claims the alias and gives the final reply. */
export async function sendClaim(
  { server }: Pick<Gateway, 'server'>,
  recipients: readonly string[] = ['jo@example.test'],
  message = `From: ${claimed}\r\nTo: jo@example.test\r\nSubject: please sign\r\n\r\nhello\r\n`,
): Promise<string> {
  await using client = await SmtpDialogue.greeted(server.smtp);
  await client.command(`MAIL FROM:<${claimed}>`, 250);
  for (const recipient of recipients) await client.command(`RCPT TO:<${recipient}>`, 250);
  await client.command('DATA', 354);
  client.send(Buffer.from(message), '.');
  const [reply = ''] = await client.expectAny();
  return reply;
}

/** Version in the header of a relayed message. */
export function rulesetOf(delivered: Buffer | undefined): string {
  const head = delivered?.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  return /^X-Aliaswatch-Verdict:.*\bruleset=([0-9a-f]{12})/m.exec(head)?.[1] ?? 'none';
}
