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

function organizationalDomain(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}
