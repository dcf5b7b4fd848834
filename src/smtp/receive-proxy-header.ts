import type { Socket } from 'node:net';
import { readProxyHeader, type Endpoint } from './proxy-protocol.ts';

/**
 * Waits for the PROXY header at the start of a connection and takes it off; what follows stays in the socket. Returns
 * the client, or null where the proxy speaks for itself.
 * @throws when there is none within `deadlineMs`; the socket is then destroyed.
 */
export async function receiveProxyHeader(
  socket: Socket,
  deadlineMs: number,
): Promise<Endpoint | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Endpoint | null>();
  let received = Buffer.alloc(0);
  const read = (): void => {
    for (let chunk = take(socket); chunk !== null; chunk = take(socket)) {
      received = Buffer.concat([received, chunk]);
      const reading = readProxyHeader(received);
      if (reading.kind === 'incomplete') continue;
      if (reading.kind === 'invalid') {
        fail(reading.why);
        return;
      }
      socket.off('readable', read);
      const rest = received.subarray(reading.sizeBytes);
      if (rest.length > 0) socket.unshift(rest);
      resolve(reading.client);
      return;
    }
  };
  const fail = (why: string): void => {
    socket.destroy();
    reject(new Error(`${socket.remoteAddress ?? 'a proxy'} sent no PROXY header: ${why}`));
  };
  const ended = (): void => fail('the connection ended');
  const timer = setTimeout(() => fail(`nothing within ${deadlineMs} ms`), deadlineMs);
  socket.on('readable', read).on('error', ended).on('close', ended).on('end', ended);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off('readable', read).off('close', ended).off('end', ended);
    // Where it was destroyed an error may still come, and nobody else listens.
    if (!socket.destroyed) socket.off('error', ended);
  }
}

function take(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}
