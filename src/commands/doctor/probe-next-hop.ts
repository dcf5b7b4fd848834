import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseCapabilities, type Capabilities } from '../../smtp/capabilities.ts';
import { sayHello } from '../../smtp/introduce-client.ts';
import { LockStepClient } from '../../smtp/lock-step-client.ts';
import type { NextHopSettings } from '../../smtp/next-hop-settings.ts';
import { writeProxyHeader } from '../../smtp/proxy-protocol.ts';
import { isPositive, replyText, type Reply } from '../../smtp/reply.ts';
import { ReplyParser } from '../../smtp/reply-parser.ts';

export type NextHopProbe = {
  readonly greeting: Reply;
  /** From the call to the greeting. */
  readonly greetingMs: number;
  readonly receivedAt: Date;
  /** Before STARTTLS. */
  readonly capabilities: Capabilities;
  /** How the next hop sees us, unless something translates addresses on the way. */
  readonly ownAddress: string;
};

/**
 * Greeting and EHLO in plain text, then QUIT.
 * @throws when there is no connection, no greeting in time, or a refusal; the message is for people.
 */
export async function probeNextHop(settings: NextHopSettings): Promise<NextHopProbe> {
  const { host, port, connectMs } = settings;
  const startedMs = performance.now();
  const socket = connect({ host, port });
  const timer = setTimeout(
    () => socket.destroy(new Error(`says nothing within ${connectMs} ms`)),
    connectMs,
  );
  try {
    await once(socket, 'connect');
    writeHeader(socket, settings);
    const greeting = await readGreeting(socket);
    const greetingMs = performance.now() - startedMs;
    if (!isPositive(greeting)) throw new Error(`greets us with ${replyText(greeting)}`);
    const receivedAt = new Date();
    const client = new LockStepClient(socket);
    const answer = await sayHello(client, settings, settings.hostname);
    if (!isPositive(answer)) throw new Error(`answers our EHLO with ${replyText(answer)}`);
    const ownAddress = socket.localAddress ?? '';
    await client.quit();
    const capabilities = parseCapabilities(answer);
    return { greeting, greetingMs, receivedAt, capabilities, ownAddress };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function writeHeader(socket: Socket, { clientIdentity }: NextHopSettings): void {
  if (clientIdentity !== 'proxy-v1' && clientIdentity !== 'proxy-v2') return;
  const { remoteAddress = '', remotePort = 0 } = socket;
  socket.write(
    writeProxyHeader(clientIdentity, null, { address: remoteAddress, port: remotePort }),
  );
}

async function readGreeting(socket: Socket): Promise<Reply> {
  const parser = new ReplyParser();
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const read = (chunk: Buffer): void => {
    try {
      for (const greeting of parser.push(chunk)) resolve(greeting);
    } catch (error) {
      reject(error);
    }
  };
  socket.on('data', read);
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('closes the connection without a greeting')));
  try {
    return await promise;
  } finally {
    socket.off('data', read);
  }
}
