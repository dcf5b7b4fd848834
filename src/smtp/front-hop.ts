import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { limitClients, type ClientLimits } from './address-limits.ts';
import { listAddresses, type IsListed } from './address-ranges.ts';
import { loadCertificate, watchCertificate, type CertificateFiles } from './certificate.ts';
import { ClientConnection, type ConnectionOptions } from './client-connection.ts';
import type { Handle, SessionOptions } from './client-session.ts';
import type { ReverseResolver } from './confirmed-hostname.ts';
import type { BareLineEndings } from './data-receiver.ts';
import { drainConnections } from './drain-connections.ts';
import type { DuplicateCause, LimitReason, SmtpLimits } from './limits.ts';
import { learnCapabilities } from './learned-capabilities.ts';
import type { OnNextHop } from './next-hop-outcome.ts';
import { NextHops } from './next-hops.ts';
import {
  nextHopSettings,
  type HostAndPort,
  type NextHopRoute,
  type SmtpTimeouts,
} from './next-hop-settings.ts';
import { receiveProxyHeader } from './receive-proxy-header.ts';
import { Spool, type SpoolSettings } from './spool.ts';

export type FrontHopOptions = {
  /** Port 0 takes a free one. */
  readonly listen: HostAndPort;
  /** Where mail goes, and how we call ourselves, also in greetings. */
  readonly route: NextHopRoute;
  /** With it STARTTLS is announced; null: it is not. */
  readonly certificate: CertificateFiles | null;
  /** Addresses and CIDR ranges whose connections begin with a PROXY header. */
  readonly proxyPeers: readonly string[];
  /** Addresses and CIDR ranges that may use XCLIENT and XFORWARD. */
  readonly xclientPeers: readonly string[];
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  readonly maxSessions: number;
  readonly timeouts: SmtpTimeouts;
  readonly limits: SmtpLimits;
  /** Counts clients against `limits` and `maxSessions`; those of this process alone when absent. */
  readonly clients?: ClientLimits;
  /** Other processes listen there as well, and the system gives each a share of the connections (SO_REUSEPORT). */
  readonly sharesPort?: boolean;
  /** One that others use as well, or settings of one of our own. */
  readonly spool: Spool | SpoolSettings;
  readonly bareLineEndings: BareLineEndings;
  /** How long clients may go on after a dispose with what they have begun. */
  readonly drainMs: number;
  readonly resolver: ReverseResolver;
  /** For what the client is only told as 451: next hop lost, `handle` threw. The reason is in `cause`. */
  readonly onError: (error: Error) => void;
  readonly admitRecipient?: SessionOptions['admitRecipient'];
  /** A limit of ours refused a connection, a command or a message. */
  readonly onRefused: (reason: LimitReason) => void;
  /** A message may arrive twice. */
  readonly onDuplicateRisk: (cause: DuplicateCause) => void;
  /** What came of a step with the next hop. */
  readonly onNextHop: OnNextHop;
  /** What messages are stamped with on receipt; real time when absent. */
  readonly now?: () => Date;
};

/**
 * Disposing of it stops accepting, lets transactions end within `drainMs`, and closes every connection; a message that the
 * next hop has is waited for until that has answered, or its time is over.
 */
export type FrontHop = AsyncDisposable & {
  readonly address: HostAndPort;
  /** That are open. */
  readonly sessions: () => number;
};

/**
 * Listens, and mirrors every transaction to the next hop; `handle` decides at the end of DATA and gives the final reply.
 * @throws Error in one sentence when it cannot listen, or cannot write to the spool.
 */
export async function startFrontHop(options: FrontHopOptions, handle: Handle): Promise<FrontHop> {
  const { route, maxSessions, timeouts, drainMs, onError, onNextHop } = options;
  const { now = () => new Date() } = options;
  const shared = {
    limits: { ...options.limits, hostname: route.hostname },
    clients: options.clients ?? limitClients(options),
    spool: options.spool instanceof Spool ? options.spool : await Spool.open(options.spool),
  };
  const isForwarder = listAddresses(options.xclientPeers);
  const certificate =
    options.certificate === null ? null : await loadCertificate(options.certificate);
  const settings = nextHopSettings(route, timeouts);
  const nextHops = new NextHops({ settings, onError, onNextHop });
  const capabilities = learnCapabilities(settings, onError);
  const server = new FrontHopServer(
    {
      name: route.hostname,
      maxClients: maxSessions,
      socketTimeout: timeouts.clientIdleMs,
      maxCommandLength: 4096,
      hideENHANCEDSTATUSCODES: false,
      disableReverseLookup: true, // it would hold the greeting; see confirmedHostname
      disabledCommands: [
        ...['AUTH', 'WIZ', 'SHELL', 'KILL'],
        ...(certificate === null ? ['STARTTLS'] : []),
        ...(options.xclientPeers.length === 0 ? ['XCLIENT', 'XFORWARD'] : []),
      ],
      ...certificate,
    },
    {
      ...options,
      ...shared,
      now,
      nextHops,
      handle,
      capabilities,
      reverseLookupMs: timeouts.reverseLookupMs,
      proxyHeaderMs: timeouts.proxyHeaderMs,
      offersTls: certificate !== null,
      isProxy: listAddresses(options.proxyPeers),
      isForwarder,
    },
  );
  try {
    const address = await listen(server, options);
    server.on('error', onError);
    const renewal =
      options.certificate === null || certificate === null
        ? null
        : watchCertificate({
            files: options.certificate,
            current: certificate,
            onChange: (renewed) => server.updateSecureContext(renewed),
            onError,
          });
    return {
      address,
      sessions: () => server.connections.size,
      [Symbol.asyncDispose]: async () => {
        renewal?.[Symbol.dispose]();
        await server.drain(drainMs);
        await capabilities[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await capabilities[Symbol.asyncDispose]();
    throw error;
  }
}

type ServerOptions = ConnectionOptions & {
  readonly isProxy: IsListed;
  readonly proxyHeaderMs: number;
};

class FrontHopServer extends SMTPServer {
  readonly #clients = new Set<ClientConnection>();
  readonly #options: ServerOptions;
  /** Load balancers that have not yet said who their client is. */
  readonly #unannounced = new Set<Socket>();

  constructor(serverOptions: ConstructorParameters<typeof SMTPServer>[0], options: ServerOptions) {
    super(serverOptions);
    this.#options = options;
  }

  override connect(socket: Socket, socketOptions: SMTPConnectionOptions = {}): void {
    if (!this.server.listening) {
      socket.destroy(); // accepted just before the end
      return;
    }
    if (this.#options.isProxy(socket.remoteAddress ?? '')) void this.#acceptProxied(socket);
    else this.#accept(socket, socketOptions);
  }

  async #acceptProxied(socket: Socket): Promise<void> {
    const { maxClients = Infinity } = this.options;
    if (this.#unannounced.size >= maxClients) {
      socket.destroy();
      return;
    }
    this.#unannounced.add(socket);
    try {
      const client = await receiveProxyHeader(socket, this.#options.proxyHeaderMs);
      const known = client && { remoteAddress: client.address, remotePort: client.port };
      this.#accept(socket, known ?? {});
    } catch (error) {
      this.#options.onError(error as Error);
    } finally {
      this.#unannounced.delete(socket);
    }
  }

  #accept(socket: Socket, socketOptions: SMTPConnectionOptions): void {
    const client = new ClientConnection(this, { socket, options: socketOptions }, this.#options);
    this.connections.add(client);
    this.#clients.add(client);
    client.on('error', (error) => this.emit('error', error));
    void client.closed.then(() => this.#clients.delete(client));
    client.init();
  }

  async drain(drainMs: number): Promise<void> {
    for (const socket of this.#unannounced) socket.destroy();
    await drainConnections(this.server, this.#clients, drainMs);
  }
}

async function listen(
  server: SMTPServer,
  { listen: { host, port }, sharesPort = false }: Pick<FrontHopOptions, 'listen' | 'sharesPort'>,
): Promise<HostAndPort> {
  // smtp-server passes on what its listener emits, and an 'error' nobody listens to would end the process.
  server.on('error', () => undefined);
  try {
    server.listen({ host, port, reusePort: sharesPort, exclusive: true });
    await once(server.server, 'listening');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new Error(
      `cannot listen on ${host}:${port}: ${advice[code] ?? (error as Error).message}`,
      { cause: error },
    );
  }
  return { host, port: (server.server.address() as AddressInfo).port };
}

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; stop the program that has it, or listen on another port',
  EACCES: 'no permission; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address; listen on one of its own',
  ENOTSUP: 'this system lets no other process listen there as well; set workers to 1',
  ENOTFOUND: 'the host name is unknown; listen on an address of this machine',
};
