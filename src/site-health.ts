import { once } from 'node:events';
import { connect } from 'node:net';
import type { BaselineStore } from './baseline/store.ts';
import type { HostPort } from './config/host-port.ts';
import type { Health } from './observability/readiness.ts';

/** Ready to take mail: one of the next hops answers, where there is any, and we are not on our way out. */
export function healthOf(
  nextHop: readonly HostPort[],
  baselines: Pick<BaselineStore, 'ping'>,
  is: { readonly draining: () => boolean; readonly takingMail: () => boolean },
): Health {
  return {
    isDraining: is.draining,
    takesMail: is.takingMail,
    checkNextHop: () =>
      nextHop.length === 0 ? Promise.resolve() : Promise.any(nextHop.map(reach)),
    checkStore: () => baselines.ping(),
  };
}

async function reach({ host, port }: HostPort): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
