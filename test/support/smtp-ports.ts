import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A port that was free a moment ago, for programs that cannot choose one themselves. Below those that systems give out
 * by themselves, so that no client and no listener of the tests beside this one gets it in the meantime.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = randomInt(15_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('no port is free');
}

/** Resolves when somebody listens there; another process gives no event to wait for. */
export async function listens(
  address: { host: string; port: number },
  deadlineMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const socket = connect(address);
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`nobody listens on port ${address.port}`, { cause: error });
      await delay(20);
    } finally {
      socket.destroy();
    }
  }
}
