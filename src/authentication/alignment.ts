import { getDomain } from 'tldts';
import { oncePerText } from '../once-per.ts';

/**
 * Whether two domains have one organizational domain by the public suffix list, private suffixes included; strict
 * asks for equal names. An estimate for signatures that DMARC's tree walk (RFC 9989 §4.10) never gets to see.
 */
export function isAligned(domain: string, author: string, strict: boolean): boolean {
  const left = spelledOneWay(domain);
  const right = spelledOneWay(author);
  if (left === '' || right === '') return false;
  if (left === right) return true;
  return !strict && organizationalDomain(left) === organizationalDomain(right);
}

function spelledOneWay(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

/** Longest name that DNS can carry (RFC 1035 §2.3.4). */
const maxHostLength = 253;

/**
 * Organizational domain by the public suffix list (RFC 7489 §3.2), lower case. Private suffixes count: two tenants of
 * `firebaseapp.com` are two organizations. A host without one (an IP address, a suffix itself) is its own.
 */
export const organizationalDomain = oncePerText(2000, (host) => {
  const name = spelledOneWay(host.slice(0, maxHostLength + 1));
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
});
