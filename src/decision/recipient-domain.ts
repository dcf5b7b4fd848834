import { canonicalDomain } from '../alias/address.ts';

/** Domain of a recipient in lower case, as A-labels; empty for `postmaster`. */
export function domainOf(recipient: string): string {
  const at = recipient.lastIndexOf('@');
  return at === -1 ? '' : canonicalDomain(recipient.slice(at + 1));
}
