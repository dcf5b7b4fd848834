import { getDomain } from 'tldts';
import { isAligned } from '../authentication/alignment.ts';

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

/** `host` is `parent` or a name below it that the same organization holds. */
export function isWithin(host: string, parent: string): boolean {
  return host === parent || (host.endsWith(`.${parent}`) && isAligned(host, parent, false));
}
