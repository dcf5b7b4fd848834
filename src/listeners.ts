import { Resolver as DnsClient } from 'node:dns/promises';
import { join } from 'node:path';
import { formatHostPort, type HostPort } from './config/host-port.ts';
import type { Ground } from './ground.ts';
import { defaultMilterTimeouts, startMilterListener } from './milter/milter-listener.ts';
import { recordMilterEvents } from './observability/record-milter-events.ts';
import type { ClientLimits } from './smtp/address-limits.ts';
import { certificateFiles } from './smtp/certificate.ts';
import type { Handle, SessionOptions } from './smtp/client-session.ts';
import { startFrontHop } from './smtp/front-hop.ts';
import { defaultTimeouts, type NextHopRoute } from './smtp/next-hop-settings.ts';
import { Spool } from './smtp/spool.ts';

export type ListenersOptions = {
  readonly ground: Pick<Ground, 'settings' | 'route' | 'log' | 'events' | 'metrics' | 'now'>;
  /** Who counts the clients, where others take mail beside us. */
  readonly clients: ClientLimits | null;
  readonly handle: Handle;
  readonly admitRecipient: NonNullable<SessionOptions['admitRecipient']>;
};

/** Where mail comes to us. */
export type MailAddresses = {
  /** Of the front hop; null without a next hop. */
  readonly smtp: HostPort | null;
  /** Null without `milterListen`. */
  readonly milter: HostPort | null;
};

/** Disposing drains: no new connections, and transactions in flight end. */
export type Listeners = AsyncDisposable & MailAddresses;

type Shared = ListenersOptions & { readonly spool: Spool };

/**
 * Listens for mail to relay, for mail servers that ask, or for both.
 * @throws Error in one sentence when a port is in use, or the spool cannot be used.
 */
export async function startListeners(options: ListenersOptions): Promise<Listeners> {
  const { settings, route, metrics } = options.ground;
  await using opened = new AsyncDisposableStack();
  const spool = await Spool.open({
    directory: join(settings.stateDir, 'spool'),
    memoryBytes: settings.spoolMemoryBytes,
    maxBytes: settings.maxSpoolBytes,
  });
  const shared = { ...options, spool };
  const frontHop = route === null ? null : opened.use(await frontHopOf(shared, route));
  const { milterListen } = settings;
  const milter = milterListen === null ? null : opened.use(await milterOf(shared, milterListen));
  metrics.measureFrontHop({
    sessions: () => frontHop?.sessions() ?? 0,
    spoolBytes: () => spool.usedBytes,
    ...settings,
  });
  const owned = opened.move();
  return {
    smtp: frontHop?.address ?? null,
    milter: milter?.address ?? null,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function frontHopOf(shared: Shared, route: NextHopRoute) {
  const { ground, clients, spool, admitRecipient, handle } = shared;
  const { settings, log, events, now } = ground;
  return startFrontHop(
    {
      ...settings,
      route,
      certificate: certificateFiles(settings),
      timeouts: {
        ...defaultTimeouts,
        clientIdleMs: settings.clientIdleMs,
        nextHopFinalReplyMs: settings.relayDeadlineMs,
      },
      limits: settings,
      ...(clients === null ? {} : { clients, sharesPort: true }),
      spool,
      admitRecipient,
      resolver: reverseResolver(settings.dns.map(formatHostPort), settings.dnsTimeoutMs),
      onError: (error) => log.warn({ error }, 'smtp'),
      onRefused: events.smtpRefused,
      onDuplicateRisk: events.duplicateRisk,
      onNextHop: events.nextHopAnswered,
      now,
    },
    handle,
  );
}

function milterOf({ ground, clients, spool, admitRecipient, handle }: Shared, listen: HostPort) {
  const { settings, log, events, metrics, now } = ground;
  const { maxSessions, maxMessageBytes, maxRecipients, authservId, drainMs } = settings;
  return startMilterListener({
    ...{ listen, maxSessions, maxMessageBytes, maxRecipients, authservId, drainMs },
    ...{ spool, admitRecipient, now, handle },
    ...recordMilterEvents(metrics, log),
    sharesPort: clients !== null,
    limits: settings,
    timeouts: defaultMilterTimeouts,
    onError: (error) => log.warn({ error }, 'milter'),
    onRefused: events.smtpRefused,
  });
}

function reverseResolver(servers: readonly string[], timeoutMs: number): DnsClient {
  const client = new DnsClient({ timeout: timeoutMs, tries: 1 });
  if (servers.length > 0) client.setServers(servers);
  return client;
}
