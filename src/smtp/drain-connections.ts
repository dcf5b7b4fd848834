import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type DrainedConnection = {
  readonly closed: Promise<unknown>;
  /** Closes: now where no transaction is on its way, else after it. */
  readonly drain: () => void;
  readonly terminate: () => void;
};

/**
 * Stops accepting, lets transactions end within `drainMs`, and closes every connection; resolves when the last one is,
 * which may leave later where it is owed the next hop's word on a message.
 */
export async function drainConnections(
  server: Server,
  connections: ReadonlySet<DrainedConnection>,
  drainMs: number,
): Promise<void> {
  const stopped = once(server, 'close');
  server.close();
  for (const connection of connections) connection.drain();
  const allClosed = Promise.all([...connections].map(({ closed }) => closed));
  const patience = new AbortController();
  await Promise.race([allClosed, delay(drainMs, null, { signal: patience.signal })]);
  patience.abort();
  for (const connection of connections) connection.terminate();
  await stopped;
}
