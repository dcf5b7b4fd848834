import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes bytes on, except where it is told to lose the answer to what was done. */
export type CuttingProxy = AsyncDisposable & {
  readonly port: number;
  /** What the server says next to whoever says `word` next never comes: the connection ends, or only stays silent. */
  readonly loseAnswerTo: (word: string, how: 'cut' | 'silence') => void;
  /** Answers that were lost so far. */
  readonly lost: () => number;
};

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  let trap: { readonly word: string; readonly how: 'cut' | 'silence' } | null = null;
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ port, host: '127.0.0.1' });
    let losing: 'cut' | 'silence' | null = null;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (trap !== null && chunk.toString('latin1').includes(trap.word)) {
        losing = trap.how;
        trap = null;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (losing === null) {
        client.write(chunk);
        return;
      }
      lost++;
      if (losing === 'cut') client.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswerTo: (word, how) => {
      trap = { word, how };
    },
    lost: () => lost,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
