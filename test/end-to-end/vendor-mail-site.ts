import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../src/commands/demo/random.ts';
import {
  startRecordingNextHop,
  type RecordingNextHop,
} from '../../src/commands/demo/recording-next-hop.ts';
import { connectSendingHost, type SendingHost } from '../../src/commands/demo/sending-host.ts';
import { planTraffic, type PlannedMail } from '../../src/commands/demo/traffic.ts';
import {
  createVendor,
  profiles,
  type Vendor,
  type VendorName,
} from '../../src/commands/demo/vendors.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { formatHostPort, parseHostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { completeSettings } from '../../src/config/settings.ts';
import type { Log } from '../../src/observability/log.ts';
import { startServer, type Server } from '../../src/server.ts';

/** A gateway that has had weeks of three vendors' honest mail, and goes on to get it. */
export type VendorMailSite = AsyncDisposable & {
  readonly server: Server;
  readonly stateDir: string;
  readonly nextHop: RecordingNextHop;
  /** Settings of a command that works on this gateway. */
  readonly flags: readonly string[];
  readonly delivery: readonly string[];
  /** Sends the next honest mails that vendors would send, now; gives the client's final replies. */
  readonly sendHonest: (count: number) => Promise<readonly string[]>;
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Days of history. Each of the vendors has a pack, so that its mail may be held after few of them. */
const taughtDays = 9;

export async function startVendorMailSite(rulesDir: string, log: Log): Promise<VendorMailSite> {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-incident-'));
  opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const names = Object.keys(profiles) as readonly VendorName[];
  const vendors = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await createVendor(profiles[name])])),
  ) as Readonly<Record<VendorName, Vendor>>;
  const zone = Object.assign(
    {},
    ...Object.values(vendors).map((vendor) => vendor.zone),
  ) as Vendor['zone'];
  const dns = opened.use(await startZoneServer(zone, anyPort));
  const resolver = parseHostPort(dns.address);
  const loading = await loadRules(rulesDir);
  if (!resolver.ok || !loading.ok) throw new Error('the site cannot be set up');
  const nextHop = opened.use(await startRecordingNextHop());

  const clock = { now: new Date() };
  const settings = completeSettings(
    {
      ...{ listen: anyPort, http: anyPort, dns: [resolver.value], stateDir, rulesDir },
      ...{ mode: 'enforce', hostname: 'gateway.test' },
    },
    'gateway.test',
  );
  const server = opened.use(
    await startServer({
      settings: { ...settings, nextHop: [nextHop.address] },
      ...{ rules: loading.rules, log, version: 'test' },
      now: () => clock.now,
    }),
  );
  const connections = new Map<string, SendingHost>();
  opened.defer(async () => {
    await Promise.all([...connections.values()].map((host) => host[Symbol.asyncDispose]()));
  });
  const random = createRandom(7);
  let sequence = 0;
  const send = async ({ vendor, draft, recipient }: PlannedMail, at: Date) => {
    const { compose, mailFrom, hosts } = vendors[vendor];
    const host = random.pick(hosts);
    const connection =
      connections.get(host.address) ?? (await connectSendingHost(host, server.smtp));
    connections.set(host.address, connection);
    const message = await compose(draft, { to: recipient, at, id: `m${++sequence}` });
    clock.now = at;
    return connection.send({ mailFrom, rcptTo: recipient.address, message });
  };

  const planned = planTraffic(random);
  const start = Date.now() - taughtDays * dayMs;
  const history = planned.filter(({ minute }) => minute < taughtDays * 1440);
  for (const mail of history) await send(mail, new Date(start + mail.minute * minuteMs));
  const coming = planned.slice(history.length)[Symbol.iterator]();
  const store = `sqlite:${stateDir}/baselines.db`;
  const owned = opened.move();
  return {
    ...{ server, stateDir, nextHop },
    flags: ['--state-dir', stateDir, '--store', store],
    delivery: ['--next-hop', formatHostPort(nextHop.address)],
    sendHonest: async (count) => {
      const replies: string[] = [];
      for (const mail of coming.take(count)) replies.push(await send(mail, new Date()));
      return replies;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anyPort = { host: '127.0.0.1', port: 0 };
