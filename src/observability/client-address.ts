import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { IsListed } from '../smtp/address-ranges.ts';

/**
 * Who asks: the peer, or, where that is one of our reverse proxies, the nearest address in X-Forwarded-For that is none of
 * them. What stands left of it, or of anything that is no address, anybody may have written.
 */
export function clientAddress({ socket, headers }: IncomingMessage, isProxy: IsListed): string {
  const peer = plain(socket.remoteAddress ?? '');
  if (!isProxy(peer)) return peer;
  const hops = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
  const nearest = hops.map(addressIn).findLast((hop) => !isProxy(hop));
  return nearest === undefined || isIP(nearest) === 0 ? peer : nearest;
}

/** Some load balancers write the port as well. */
function addressIn(hop: string): string {
  const text = hop.trim();
  const [, bracketed, ipv4] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return plain(bracketed ?? ipv4 ?? text);
}

/** A dual-stack listener shows IPv4 clients as ::ffff:192.0.2.1. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d)/i, '');
}
