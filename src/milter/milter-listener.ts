import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { drainConnections } from '../smtp/drain-connections.ts';
import type { HostAndPort } from '../smtp/next-hop-settings.ts';
import { MilterFault } from './milter-fault.ts';
import { MilterSession, type MilterSessionOptions } from './milter-session.ts';
import { PacketReader } from './packet.ts';

export type MilterTimeouts = {
  /** A mail server that has connected says what it can do. */
  readonly optionsMs: number;
  /** One packet, from its first byte to its last; and what we send is taken. */
  readonly packetMs: number;
  /** Between packets. A mail server keeps its connection as long as its client, who may be slow. */
  readonly idleMs: number;
};

/** Libmilter waits two hours between packets (`MI_TIMEOUT`, 7210 s). */
export const defaultMilterTimeouts: MilterTimeouts = {
  optionsMs: 30_000,
  packetMs: 60_000,
  idleMs: 7_210_000,
};

export type MilterListenerOptions = MilterSessionOptions & {
  /** Port 0 takes a free one. */
  readonly listen: HostAndPort;
  /** Other processes listen there as well (SO_REUSEPORT). */
  readonly sharesPort?: boolean;
  /** Past so many a mail server's connection is closed at once: it then does as its own settings say. */
  readonly maxSessions: number;
  readonly timeouts: MilterTimeouts;
  /** How long transactions in flight may go on after a dispose. */
  readonly drainMs: number;
  readonly onFault: (fault: MilterFault) => void;
  /** So many sessions there are now. */
  readonly onSessions: (sessions: number) => void;
};

/** Disposing of it stops accepting, lets messages in flight end within `drainMs`, and closes every connection. */
export type MilterListener = AsyncDisposable & { readonly address: HostAndPort };

/**
 * Listens for mail servers that speak the milter protocol (Sendmail, Postfix).
 * @throws Error in one sentence when it cannot listen.
 */
export async function startMilterListener(options: MilterListenerOptions): Promise<MilterListener> {
  const connections = new Set<MilterConnection>();
  const server = createServer((socket) => {
    if (connections.size >= options.maxSessions) {
      options.onFault(new MilterFault('sessions', 'too many sessions of mail servers'));
      socket.destroy();
      return;
    }
    const connection = new MilterConnection(socket, options);
    connections.add(connection);
    options.onSessions(connections.size);
    void connection.closed.then(() => {
      connections.delete(connection);
      options.onSessions(connections.size);
    });
  });
  const address = await listen(server, options);
  server.on('error', options.onError);
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      const all = Promise.all([...connections].map(({ closed }) => closed));
      await drainConnections(server, connections, options.drainMs);
      await all;
    },
  };
}

class MilterConnection {
  readonly closed: Promise<void>;
  /** The mail server has the message, and does with it what it does without us. */
  readonly isOwedReply = false;
  readonly #socket: Socket;
  readonly #options: MilterListenerOptions;
  readonly #session: MilterSession;
  readonly #reader = new PacketReader();
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;
  #isDraining = false;

  constructor(socket: Socket, options: MilterListenerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#session = new MilterSession(options, { send: (bytes) => this.#send(bytes) });
    socket.setNoDelay(true);
    socket.on('error', () => undefined); // reading and writing tell of it
    this.closed = this.#run();
  }

  /** Closes: now where no message is on its way, else after it. */
  drain(): void {
    this.#isDraining = true;
    if (!this.#isWorking && !this.#session.isInTransaction) this.terminate();
  }

  terminate(): void {
    this.#socket.destroy();
  }

  async #run(): Promise<void> {
    try {
      this.#wait(this.#options.timeouts.optionsMs);
      await this.#read();
    } catch (error) {
      if (error instanceof MilterFault) this.#options.onFault(error);
      else if (!isLoss(error)) this.#options.onError(error as Error);
      else if (this.#session.isInTransaction) this.#options.onFault(lost(error));
    } finally {
      clearTimeout(this.#timer);
      this.#socket.destroy();
      await this.#session.close().catch(this.#options.onError);
    }
  }

  async #read(): Promise<void> {
    for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
      const isNewPacket = !this.#reader.isMidPacket;
      for (const packet of this.#reader.push(chunk)) {
        this.#isWorking = true;
        clearTimeout(this.#timer);
        if (!(await this.#session.take(packet))) return;
        this.#isWorking = false;
        if (this.#isDraining && !this.#session.isInTransaction) return;
        this.#timer = undefined;
      }
      this.#waitForMore(isNewPacket);
    }
  }

  /** The time of a packet runs from its first byte, however slowly the others come. */
  #waitForMore(isNewPacket: boolean): void {
    const { optionsMs, packetMs, idleMs } = this.#options.timeouts;
    if (this.#reader.isMidPacket) {
      if (isNewPacket || this.#timer === undefined) this.#wait(packetMs);
    } else this.#wait(this.#session.isNegotiated ? idleMs : optionsMs);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#socket.destroy(new MilterFault('timeout', `no packet within ${ms} ms`));
    }, ms);
  }

  async #send(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const written = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      this.#socket.destroy(new MilterFault('timeout', 'an answer was not taken'));
    }, this.#options.timeouts.packetMs);
    const onClose = (): void => written.reject(lost(null));
    this.#socket.once('close', onClose);
    try {
      if (this.#socket.destroyed) throw lost(null);
      this.#socket.write(bytes, (error) => {
        if (error) written.reject(lost(error));
        else written.resolve(undefined);
      });
      await written.promise;
    } finally {
      clearTimeout(timer);
      this.#socket.off('close', onClose);
    }
  }
}

function lost(cause: unknown): MilterFault {
  return new MilterFault('lost', 'the mail server went away in the middle of a message', { cause });
}

/** The other side is gone, or we have closed. */
function isLoss(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT'].includes(code);
}

async function listen(
  server: Server,
  {
    listen: { host, port },
    sharesPort = false,
  }: Pick<MilterListenerOptions, 'listen' | 'sharesPort'>,
): Promise<HostAndPort> {
  try {
    server.listen({ host, port, reusePort: sharesPort, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `cannot listen for mail servers on ${host}:${port}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  return { host, port: (server.address() as AddressInfo).port };
}
