import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { ClientConnection, type ConnectionOptions } from './client-connection.ts';
import type { Handle } from './client-session.ts';
import type { ReverseResolver } from './confirmed-hostname.ts';
import type { BareLineEndings } from './data-receiver.ts';
import { learnCapabilities } from './learned-capabilities.ts';
import { nextHopSettings, type HostAndPort, type SmtpTimeouts } from './next-hop-settings.ts';

export type FrontHopOptions = {
  /** Port 0 takes a free one. */
  readonly listen: HostAndPort;
  readonly nextHop: HostAndPort;
  /** Our name in greetings. */
  readonly hostname: string;
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  readonly maxSessions: number;
  readonly timeouts: SmtpTimeouts;
  readonly bareLineEndings: BareLineEndings;
  /** How long transactions in flight may go on after a dispose; longer than analysis and final reply take. */
  readonly drainMs: number;
  readonly resolver: ReverseResolver;
  /** For what the client is only told as 451: next hop lost, `handle` threw. The reason is in `cause`. */
  readonly onError: (error: Error) => void;
  /** What messages are stamped with on receipt; real time when absent. */
  readonly now?: () => Date;
};

/** Disposing of it stops accepting, lets transactions end within `drainMs`, and closes every connection. */
export type FrontHop = AsyncDisposable & { readonly address: HostAndPort };

/**
 * Listens, and mirrors every transaction to the next hop; `handle` decides at the end of DATA and gives the final reply.
 * @throws when it cannot listen.
 */
export async function startFrontHop(options: FrontHopOptions, handle: Handle): Promise<FrontHop> {
  const { hostname, maxSessions, timeouts, drainMs, onError, now = () => new Date() } = options;
  const nextHop = nextHopSettings(options.nextHop, hostname, timeouts);
  const capabilities = learnCapabilities(nextHop, onError);
  const server = new FrontHopServer(
    {
      name: hostname,
      maxClients: maxSessions,
      socketTimeout: timeouts.clientIdleMs,
      maxCommandLength: 4096,
      hideENHANCEDSTATUSCODES: false,
      disabledCommands: ['AUTH', 'STARTTLS', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL'],
    },
    { ...options, now, nextHop, handle, capabilities, reverseLookupMs: timeouts.reverseLookupMs },
  );
  try {
    const address = await listen(server, options.listen);
    server.on('error', onError);
    return {
      address,
      [Symbol.asyncDispose]: async () => {
        await server.drain(drainMs);
        await capabilities[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await capabilities[Symbol.asyncDispose]();
    throw error;
  }
}

class FrontHopServer extends SMTPServer {
  readonly #clients = new Set<ClientConnection>();
  readonly #options: ConnectionOptions;

  constructor(
    serverOptions: ConstructorParameters<typeof SMTPServer>[0],
    options: ConnectionOptions,
  ) {
    super(serverOptions);
    this.#options = options;
  }

  override connect(socket: Socket, socketOptions: SMTPConnectionOptions = {}): void {
    if (!this.server.listening) {
      socket.destroy(); // accepted just before the end
      return;
    }
    const client = new ClientConnection(this, { socket, options: socketOptions }, this.#options);
    this.connections.add(client);
    this.#clients.add(client);
    client.on('error', (error) => this.emit('error', error));
    void client.closed.then(() => this.#clients.delete(client));
    client.init();
  }

  async drain(drainMs: number): Promise<void> {
    const stopped = once(this.server, 'close');
    this.server.close();
    for (const client of this.#clients) client.drain();
    const allClosed = Promise.all([...this.#clients].map(({ closed }) => closed));
    const patience = new AbortController();
    await Promise.race([allClosed, delay(drainMs, null, { signal: patience.signal })]);
    patience.abort();
    for (const client of this.#clients) client.terminate();
    await stopped;
  }
}

async function listen(server: SMTPServer, { host, port }: HostAndPort): Promise<HostAndPort> {
  // smtp-server passes on what its listener emits, and an 'error' nobody listens to would end the process.
  server.on('error', () => undefined);
  try {
    server.listen(port, host);
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
  ENOTFOUND: 'the host name is unknown; listen on an address of this machine',
};
