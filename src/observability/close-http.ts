import { once } from 'node:events';
import type { Server } from 'node:http';

/** Stops a server at once: no new connections, and those that are open are cut off. */
export async function closeHttp(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
