import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { createLog } from '../../src/observability/log.ts';
import { startServer, type Server } from '../../src/server.ts';
import { startPostfix, type Postfix } from '../support/postfix.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { gatewayName, vendorRecords } from './site.ts';

/** A gateway without a next hop, a real Postfix that asks it about its mail, and a mailbox behind that. */
export type MilterSite = AsyncDisposable & {
  readonly server: Server;
  readonly milter: HostPort;
  readonly postfix: Postfix;
  readonly mailbox: SmtpRecorder;
  readonly metric: (series: string) => Promise<number | undefined>;
};

export type MilterSiteOptions = {
  readonly settings?: Partial<Settings>;
  readonly policy?: Partial<Policy>;
  /** More lines of main.cf. */
  readonly mainCf?: readonly string[];
};

const anyPort = { host: '127.0.0.1', port: 0 };

/** The client's address: not one that Postfix takes for its own network. */
export const clientAddress = '127.0.0.9';

export async function startMilterSite({
  settings = {},
  policy = {},
  mainCf = [],
}: MilterSiteOptions = {}): Promise<MilterSite> {
  await using opened = new AsyncDisposableStack();
  const mailbox = opened.use(await SmtpRecorder.start());
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-milter-site-'));
  opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const dns = opened.use(await startZoneServer(vendorRecords, anyPort));
  const resolver = parseHostPort(dns.address);
  if (!resolver.ok) throw new Error(resolver.message);
  const given = completeSettings(
    { milterListen: anyPort, http: anyPort, dns: [resolver.value], stateDir, mode: 'enforce' },
    gatewayName,
  );
  const server = opened.use(
    await startServer({
      settings: { ...given, ...settings },
      rules: { ...shippedRuleSet, policy: { ...shippedRuleSet.policy, ...policy } },
      log: createLog('silent'),
      version: 'test',
    }),
  );
  const milter = server.milter;
  if (milter === null) throw new Error('there is no milter');
  const postfix = opened.use(
    await startPostfix(mailbox.address, [...askingLines(milter), ...mainCf]),
  );
  const owned = opened.move();
  return {
    server,
    milter,
    postfix,
    mailbox,
    metric: (series) => metric(server.http, series),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As docs/milter.md has them. */
export function askingLines({ host, port }: HostPort): readonly string[] {
  return [
    `smtpd_milters = inet:${host}:${port}`,
    'milter_default_action = tempfail',
    'milter_protocol = 6',
  ];
}

async function metric({ host, port }: HostPort, series: string): Promise<number | undefined> {
  const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
