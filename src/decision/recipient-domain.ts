import { canonicalDomain } from '../alias/address.ts';

/** Domain of a recipient in lower case, as A-labels; empty for `postmaster`. */
export function domainOf(recipient: string): string {
  const at = recipient.lastIndexOf('@');
  return at === -1 ? '' : canonicalDomain(recipient.slice(at + 1));
}

/** A recipient as policies name one. */
export type Addressee = { readonly address: string; readonly domain: string };

/** Lower case, and without the quotes that a sender may put around a local part (RFC 5321 §4.1.2: it stays the same). */
export function addresseeOf(recipient: string): Addressee {
  const domain = domainOf(recipient);
  const at = recipient.lastIndexOf('@');
  const local = at === -1 ? recipient : recipient.slice(0, at);
  const plain = /^".*"$/s.test(local) ? local.slice(1, -1).replace(/\\(.)/gs, '$1') : local;
  return { address: `${plain.toLowerCase()}${at === -1 ? '' : `@${domain}`}`, domain };
}
