import { getDomain } from 'tldts';

/**
 * Whether two domains have one organizational domain by the public suffix list, private suffixes included; strict
 * asks for equal names. An estimate for signatures that DMARC's tree walk (RFC 9989 §4.10) never gets to see.
 */
export function isAligned(domain: string, author: string, strict: boolean): boolean {
  const [left, right] = [domain, author].map((name) => name.toLowerCase().replace(/\.$/, ''));
  if (!left || !right) return false;
  return strict ? left === right : organizationalDomain(left) === organizationalDomain(right);
}

/** Longest name that DNS can carry (RFC 1035 §2.3.4). */
const maxHostLength = 253;

/**
 * Organizational domain by the public suffix list (RFC 7489 §3.2), lower case. Private suffixes count: two tenants of
 * `firebaseapp.com` are two organizations. A host without one (an IP address, a suffix itself) is its own.
 */
export function organizationalDomain(host: string): string {
  const name = host
    .slice(0, maxHostLength + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}
