import { isIPv6 } from 'node:net';

/** The part of `dns.promises.Resolver` that is needed to name a client. */
export type ReverseResolver = {
  reverse(address: string): Promise<string[]>;
  resolve4(hostname: string): Promise<string[]>;
  resolve6(hostname: string): Promise<string[]>;
};

/** RFC 8601 §2.7.3 (iprev) bounds the names tried, because their number is the client's choice. */
const maxNames = 5;
const labelSyntax = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The first name of the address that resolves back to it, or null: without that proof, or in `deadlineMs`, a PTR record
 * says whatever its owner likes.
 */
export async function confirmedHostname(
  address: string,
  resolver: ReverseResolver,
  deadlineMs: number,
): Promise<string | null> {
  const { promise: expired, resolve: expire } = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    expire(null);
  }, deadlineMs);
  try {
    return await Promise.race([lookUp(address, resolver).catch(() => null), expired]);
  } finally {
    clearTimeout(timer);
  }
}

async function lookUp(address: string, resolver: ReverseResolver): Promise<string | null> {
  const names = await resolver.reverse(address);
  for (const name of names.slice(0, maxNames)) {
    const hostname = name.toLowerCase().replace(/\.$/, '');
    if (!isHostname(hostname)) continue;
    const addresses = await (
      isIPv6(address) ? resolver.resolve6(hostname) : resolver.resolve4(hostname)
    ).catch(() => []);
    if (addresses.some((candidate) => sameAddress(candidate, address))) return hostname;
  }
  return null;
}

export function isHostname(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => labelSyntax.test(label));
}

function sameAddress(left: string, right: string): boolean {
  return canonical(left) === canonical(right);
}

/** One spelling per IPv6 address, as URL parsers write it. */
function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address.replace(/%.*/, '')}]/`).hostname : address;
}
