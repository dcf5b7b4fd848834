import { addresseeOf } from '../decision/recipient-domain.ts';
import type { Pseudonym } from '../features/hash.ts';

/**
 * A recipient in the shape of an address, hidden: `<hash of the address>@<hash of the domain>`, so that policies whose
 * domains and addresses are hidden alike find it as they find the real one. Hexadecimal, since policies ignore case.
 */
export function hiddenRecipient(address: string, pseudonym: Pseudonym): string {
  const addressee = addresseeOf(address);
  return `${inHex(pseudonym(addressee.address))}@${hiddenDomain(addressee.domain, pseudonym)}`;
}

/** A recipient domain, as it stands in a policy. */
export function hiddenDomain(domain: string, pseudonym: Pseudonym): string {
  return inHex(pseudonym(domain));
}

function inHex(hash: string): string {
  return Buffer.from(hash, 'base64url').toString('hex');
}
