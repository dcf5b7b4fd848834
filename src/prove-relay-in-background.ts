import { formatHostPort } from './config/host-port.ts';
import type { Events } from './observability/events.ts';
import { defaultTimeouts, nextHopSettings, type NextHopRoute } from './smtp/next-hop-settings.ts';
import { proveRelayRefused, stranger } from './smtp/relay-proof.ts';

/**
 * Asks each next hop once whether strangers relay through it by way of us, sees whether it learns who they are, and not in the way of the start: one that is
 * down proves nothing, and `doctor` asks again. Disposing gives up what is still asked.
 */
export function proveRelayInBackground(
  route: NextHopRoute,
  events: Pick<Events, 'relayTested' | 'clientNotTold'>,
): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const proofs = nextHopSettings(route, defaultTimeouts).map(async (nextHop) => {
    const settings = { ...nextHop, replyMs: nextHop.connectMs };
    const name = formatHostPort(nextHop);
    const proof = await proveRelayRefused(
      settings,
      { connection: stranger, signal },
      ({ isClientTold }) => {
        // A mailbox store does not decide by the client.
        if (!isClientTold && nextHop.protocol === 'smtp')
          events.clientNotTold(name, nextHop.clientIdentity);
      },
    );
    if (!signal.aborted) events.relayTested(name, proof);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all(proofs);
    },
  };
}
