import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type DrainedConnection = {
  /** Resolves once nothing more is done for it. */
  readonly closed: Promise<unknown>;
  /** It must end by itself, which somebody bounds. */
  readonly isOwedReply: boolean;
  /** Closes: now where no transaction is on its way, else after it. */
  readonly drain: () => void;
  readonly terminate: () => void;
};

/**
 * Stops accepting, lets transactions end within `drainMs`, and closes every connection; those that are owed a reply then
 * close when they have it, or nobody is there to hear it.
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
  const owed = new Set([...connections].filter(({ isOwedReply }) => isOwedReply));
  for (const connection of connections) if (!owed.has(connection)) connection.terminate();
  await Promise.all([stopped, ...[...owed].map(({ closed }) => closed)]);
}
