import { domainToASCII } from 'node:url';

/** Longest address (RFC 5321 §4.5.3.1: 64 + 1 + 255). */
const maxAddressLength = 320;

/** An address as the catalogue spells it: lower case, domain in A-labels, no final dot; null when it is none. */
export function canonicalAddress(address: string): string | null {
  if (address.length > maxAddressLength) return null;
  const at = address.lastIndexOf('@');
  const domain = canonicalDomain(address.slice(at + 1));
  return at < 1 || domain === '' ? null : `${address.slice(0, at).toLowerCase()}@${domain}`;
}

/** Software maps full-width letters and the like before it looks a domain up (UTS 46); so do we. */
export function canonicalDomain(domain: string): string {
  const name = domain.trim().toLowerCase().replace(/\.$/, '');
  return /^[\0-\x7f]*$/.test(name) ? name : domainToASCII(name);
}

/** Domain of a canonical address or pattern, without the `*.` that stands for leading labels. */
export function watchedDomain(addressOrPattern: string): string {
  return addressOrPattern.slice(addressOrPattern.lastIndexOf('@') + 1).replace(/^\*\./, '');
}
