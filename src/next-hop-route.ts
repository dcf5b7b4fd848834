import { readFile } from 'node:fs/promises';
import type { HostPort } from './config/host-port.ts';
import type { Settings } from './config/settings.ts';
import type { NextHopRoute, NextHopTls } from './smtp/next-hop-settings.ts';

export type RouteSettings = Pick<
  Settings,
  | 'hostname'
  | 'nextHopProtocol'
  | 'nextHopTls'
  | 'nextHopTlsCaFile'
  | 'nextHopTlsName'
  | 'clientIdentity'
> & { readonly nextHop: readonly HostPort[] };

/**
 * The way to the next hop as the settings have it.
 * @throws Error in one sentence when the file with the certificate authorities cannot be read.
 */
export async function nextHopRoute(settings: RouteSettings): Promise<NextHopRoute> {
  const { nextHop, hostname, nextHopProtocol, clientIdentity } = settings;
  const tls = await tlsOf(settings);
  return { nextHops: nextHop, hostname, protocol: nextHopProtocol, tls, clientIdentity };
}

async function tlsOf(settings: RouteSettings): Promise<NextHopTls> {
  const { nextHopTls, nextHopTlsCaFile, nextHopTlsName } = settings;
  if (nextHopTls !== 'verified') return { kind: nextHopTls };
  if (nextHopTlsCaFile === null) return { kind: nextHopTls, ca: null, name: nextHopTlsName };
  try {
    const ca = await readFile(nextHopTlsCaFile, 'utf8');
    return { kind: nextHopTls, ca, name: nextHopTlsName };
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`nextHopTlsCaFile cannot be read: ${reason}`, { cause: error });
  }
}
