import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHostPort, type HostPort } from '../../config/host-port.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import { completeSettings } from '../../config/settings.ts';
import { createLog } from '../../observability/log.ts';
import { openQuarantine } from '../../quarantine/directory-quarantine.ts';
import type { Quarantine } from '../../quarantine/quarantine.ts';
import { startServer } from '../../server.ts';
import { startRecordingNextHop, type RecordingNextHop } from './recording-next-hop.ts';
import {
  connectSendingHost,
  type Host,
  type OutgoingMail,
  type SendingHost,
} from './sending-host.ts';
import { startZoneServer } from './zone-server.ts';
import type { Zone } from './zone.ts';

/** A gateway with all that surrounds it: DNS, the internet's mail servers, the recipients' MTA. */
export type DemoSite = AsyncDisposable & {
  readonly nextHop: RecordingNextHop;
  readonly quarantine: Pick<Quarantine, 'find'>;
  /** Sends from a host at a simulated time; the connection stays open for the next mail. */
  readonly send: (host: Host, mail: OutgoingMail, at: Date) => Promise<string>;
};

/** Starts the real gateway on loopback with its state in a new temporary directory, which goes when the site does. */
export async function openDemoSite(rules: RuleSet, zone: Zone): Promise<DemoSite> {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-demo-'));
  opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const dns = opened.use(await startZoneServer(zone, { host: '127.0.0.1', port: 0 }));
  const nextHop = opened.use(await startRecordingNextHop());

  let now = new Date();
  const server = opened.use(
    await startServer({
      settings: {
        ...completeSettings(
          {
            listen: anyPort,
            http: anyPort,
            dns: [addressOf(dns.address)],
            stateDir,
            mode: 'enforce',
            hostname: 'gateway.demo.example',
            logLevel: 'silent',
          },
          'gateway.demo.example',
        ),
        nextHop: [nextHop.address],
      },
      rules,
      log: createLog('silent'),
      version: 'demo',
      now: () => now,
    }),
  );
  const quarantine = await openQuarantine(join(stateDir, 'quarantine'), { create: false });

  const connections = opened.use(new Connections(server.smtp));
  const owned = opened.move();
  return {
    nextHop,
    quarantine,
    send: async (host, mail, at) => {
      const connection = await connections.from(host);
      now = at;
      return connection.send(mail);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const anyPort = { host: '127.0.0.1', port: 0 };

function addressOf(text: string): HostPort {
  const reading = parseHostPort(text);
  if (!reading.ok) throw new Error(`${text} ${reading.message}`);
  return reading.value;
}

/** One connection per sending host, opened when it is first needed. */
class Connections implements AsyncDisposable {
  readonly #gateway: HostPort;
  readonly #open = new Map<string, SendingHost>();

  constructor(gateway: HostPort) {
    this.#gateway = gateway;
  }

  async from(host: Host): Promise<SendingHost> {
    const open = this.#open.get(host.address) ?? (await connectSendingHost(host, this.#gateway));
    this.#open.set(host.address, open);
    return open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.values()].map((host) => host[Symbol.asyncDispose]()));
  }
}
