import { isIPv6 } from 'node:net';

export type HostPort = { readonly host: string; readonly port: number };

/** What was read, or why it cannot be, as a sentence fragment. */
export type HostPortReading =
  | { readonly ok: true; readonly value: HostPort }
  | { readonly ok: false; readonly message: string };

/** Reads `HOST:PORT` or `[IPv6]:PORT`; without a default the port must be there. Port 0 lets the system choose. */
export function parseHostPort(text: string, defaultPort: number | null = null): HostPortReading {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  if (!match) {
    const isBareIpv6 = isIPv6(text.trim()) || isIPv6(text.trim().replace(/:\d+$/, ''));
    return {
      ok: false,
      message: isBareIpv6 ? 'needs brackets around the IPv6 address: [::1]:25' : 'is not HOST:PORT',
    };
  }
  const [, bracketed, name, digits] = match;
  const host = (bracketed ?? name ?? '').toLowerCase();
  if (bracketed !== undefined && !isIPv6(host))
    return { ok: false, message: 'has brackets around what is not an IPv6 address' };
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === null) return { ok: false, message: 'has no port: write HOST:PORT' };
  if (port > 65_535) return { ok: false, message: 'has a port above 65535' };
  return { ok: true, value: { host, port } };
}

/** The inverse: brackets around IPv6 addresses. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
