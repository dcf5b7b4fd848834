import type { IncomingMessage } from 'node:http';
import { clientAddress } from '../../observability/client-address.ts';
import { listAddresses } from '../../smtp/address-ranges.ts';

/** Where a request comes from, and what it calls us. */
export type Client = {
  readonly address: string;
  readonly isHttps: boolean;
  /** `scheme://host[:port]` as the browser sees us. */
  readonly origin: string;
  /** Its host, without the port: lower case, IPv6 in brackets. */
  readonly host: string;
  /** Both ends on this machine, nobody in between, and called by a name that only this machine has. */
  readonly isLocal: boolean;
};

export type ClientOptions = {
  /** Reverse proxies whose `X-Forwarded-*` fields are believed. */
  readonly trustedProxies: readonly string[];
  /** Names that we answer to, beside those of loopback: lower case, without a port. */
  readonly hosts: readonly string[];
  /** TLS ends here. */
  readonly isTls: boolean;
};

const isLoopback = listAddresses(['127.0.0.0/8', '::1/128']);
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Whoever sets one of these stands between the client and us. */
const signsOfProxy = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

export type Introduce = (request: IncomingMessage) => Client | null;

/**
 * Tells who asks. Null where it calls us by a name that is not ours: a page of another site whose name was pointed at
 * this address (DNS rebinding) is such a caller, and so is a forged Host field that would end up in links.
 */
export function introduceClients({ trustedProxies, hosts, isTls }: ClientOptions): Introduce {
  const isProxy = listAddresses(trustedProxies);
  const names = new Set([...loopbackHosts, ...hosts]);
  return (request) => {
    if ((request.headersDistinct['host'] ?? []).length > 1) return null; // RFC 9112 §3.2
    const peer = request.socket.remoteAddress ?? '';
    const viaProxy = isProxy(peer);
    const forwarded = (name: string) => (viaProxy ? fieldOf(request, name) : '');
    const authority = parseAuthority(
      forwarded('x-forwarded-host').split(',')[0]?.trim() || (request.headers.host ?? ''),
    );
    if (authority === null || !names.has(authority.host)) return null;
    const proto = forwarded('x-forwarded-proto').split(',')[0]?.trim();
    const isHttps = isTls || proto === 'https';
    return {
      address: clientAddress(request, isProxy),
      isHttps,
      origin: `${isHttps ? 'https' : 'http'}://${authority.text}`,
      host: authority.host,
      isLocal:
        trustedProxies.length === 0 &&
        isLoopback(peer) &&
        loopbackHosts.has(authority.host) &&
        request.httpVersion !== '1.0' && // what nginx speaks to those behind it
        signsOfProxy.every((name) => request.headers[name] === undefined),
    };
  };
}

/** Called by a name of this machine: what is typed does not cross a network in the clear. */
export function isOnThisMachine({ host }: Client): boolean {
  return loopbackHosts.has(host);
}

/** RFC 9110 §7.2; null for anything else than a host and perhaps a port. */
function parseAuthority(text: string): { readonly host: string; readonly text: string } | null {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,252}))(?::(\d{1,5}))?$/i.exec(
    text,
  );
  if (match?.[1] === undefined) return null;
  return { host: match[1].toLowerCase(), text: text.toLowerCase() };
}

function fieldOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
