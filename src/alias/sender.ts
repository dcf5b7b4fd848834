import { domainOf } from '../message/mailbox.ts';
import { isAligned } from '../authentication/alignment.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import { canonicalDomain, watchedDomain } from './address.ts';
import type { Alias } from './alias.ts';
import type { Catalogue } from './catalogue.ts';
import { isWithin } from './is-within.ts';

/** Who a message is from, as far as watched aliases are concerned. `why` is for a person. */
export type Sender =
  | { readonly kind: 'unwatched' }
  /** Authenticated as the alias; `learnable` unless only SPF says so and the pack does not settle for it. */
  | {
      readonly kind: 'alias';
      readonly alias: Alias;
      readonly address: string;
      readonly learnable: boolean;
    }
  /** Claims the alias and is not it. */
  | {
      readonly kind: 'impersonation';
      readonly alias: Alias;
      readonly why: string;
      /** All that speaks against the claim is what a forwarder does to a signature. */
      readonly mayBeForwarded?: true;
    }
  /** Claims the alias, and whether it is one cannot be told: mail goes on, and nothing is learned. */
  | { readonly kind: 'unverified'; readonly alias: Alias; readonly why: string };

/** What the message says of its author: all addresses of all From fields. */
export type Author = {
  readonly from: readonly { readonly address: string; readonly name: string }[];
  readonly fromFieldCount: number;
};

type Claim = { readonly alias: Alias; readonly address: string };
type Proof = 'dkim' | 'spf' | 'none';

/** Finds the watched alias a message is from or claims to be from; trust is never a discount (promise P3). */
export function identifySender(
  author: Author,
  authentication: AuthenticationResults,
  catalogue: Catalogue,
): Sender {
  const claims = author.from.flatMap(({ address }): Claim[] => {
    const alias = catalogue.find(address);
    return alias === null ? [] : [{ alias, address }];
  });
  const [first] = claims;
  if (first === undefined) return lookAlike(author, authentication, catalogue);
  // RFC 6376 §5.4.2: a signature covers the last From field, and programs may show another one.
  if (author.fromFieldCount > 1) return ambiguous(first, authentication);
  const proofs = claims.map((claim) => proofOf(claim, authentication));
  const unproved = claims[proofs.indexOf('none')];
  if (unproved)
    return author.from.length > 1
      ? ambiguous(unproved, authentication)
      : unauthenticated(unproved, authentication);
  const learnable = author.from.length === 1 && (proofs[0] === 'dkim' || first.alias.spfIsEnough);
  return { kind: 'alias', alias: first.alias, address: first.address, learnable };
}

function proofOf({ alias, address }: Claim, { dkim, spf, dmarc }: AuthenticationResults): Proof {
  const isSigned = dkim.some(
    ({ result, domain, aligned }) => result === 'pass' && (aligned || isSigner(alias, domain)),
  );
  if (isSigned) return 'dkim';
  // A DMARC failure beside a related SPF domain: the domain owner asked for strict alignment (RFC 7489 §3.1.2).
  const isRelated = isAligned(spf.domain, domainIn(address), false) && dmarc.result !== 'fail';
  return spf.result === 'pass' && isRelated ? 'spf' : 'none';
}

function domainIn(address: string): string {
  return canonicalDomain(domainOf(address));
}

function isSigner(alias: Alias, domain: string): boolean {
  return alias.dkimDomains.some((signer) => isWithin(domain, signer));
}

/** A watched From address that nothing authenticates. */
function unauthenticated({ alias, address }: Claim, authentication: AuthenticationResults): Sender {
  const { dmarc } = authentication;
  // DMARC found no single author (RFC 9989 §11.5): the field is contrived so that software reads it differently.
  if (dmarc.result === 'permerror' && dmarc.domain === '')
    return ambiguous({ alias, address }, authentication);
  const trouble = dnsTrouble(alias, domainIn(address), authentication);
  if (trouble !== null) return { kind: 'unverified', alias, why: trouble };
  if (authentication.arc.result === 'pass') {
    return {
      kind: 'unverified',
      alias,
      why: `forwarded with an ARC chain, and no signature of ${alias.vendor} survived`,
    };
  }
  // `pass` here means that DMARC and we disagree on what the organization is: no ground for an accusation.
  if (dmarc.result !== 'fail')
    return {
      kind: 'unverified',
      alias,
      why: `not signed as ${address}, and DMARC gives ${dmarc.result}`,
    };
  const why = `From is ${address}, but DMARC fails`;
  return { kind: 'impersonation', alias, why, mayBeForwarded: true };
}

/** Several authors, a watched one among them that is not proved: vendors do not send this, attackers do. */
function ambiguous({ alias, address }: Claim, authentication: AuthenticationResults): Sender {
  const trouble = dnsTrouble(alias, domainIn(address), authentication);
  if (trouble !== null) return { kind: 'unverified', alias, why: trouble };
  return {
    kind: 'impersonation',
    alias,
    why: `programs may show another author than ${address}, and nothing authenticates it`,
  };
}

/**
 * A temporary DNS error that stands where a proof could have been, or null. Errors of other domains do not count: an
 * attacker makes those at will.
 */
function dnsTrouble(
  alias: Alias,
  domain: string,
  { dmarc, spf, dkim }: AuthenticationResults,
): string | null {
  if (dmarc.result === 'temperror') return 'DMARC could not be checked: temporary DNS error';
  if (spf.result === 'temperror' && (spf.domain === '' || isAligned(spf.domain, domain, false)))
    return `SPF of ${domain} could not be checked: temporary DNS error`;
  const failed = dkim.find(
    (signature) =>
      signature.result === 'temperror' &&
      (isAligned(signature.domain, domain, false) || isSigner(alias, signature.domain)),
  );
  return failed
    ? `the signature of ${failed.domain} could not be checked: temporary DNS error`
    : null;
}

/** From is not watched: does its display name or domain imitate something that is? */
function lookAlike(
  author: Author,
  authentication: AuthenticationResults,
  catalogue: Catalogue,
): Sender {
  for (const { address, name } of author.from) {
    const domain = domainIn(address);
    const imitated = catalogue.lookAlikes.imitated(domain);
    if (imitated && !comesFrom(imitated, authentication)) {
      return {
        kind: 'impersonation',
        alias: imitated,
        why: `From domain ${domain} looks like that of ${imitated.vendor}`,
      };
    }
    const named = catalogue.lookAlikes.named(name);
    if (named && !comesFrom(named, authentication))
      return claimedByName(named, address, authentication);
  }
  return { kind: 'unwatched' };
}

/** Mailing lists too put the author's address into the display name, so a chain of custody or a DNS error excuses. */
function claimedByName(
  alias: Alias,
  address: string,
  { arc, dmarc }: AuthenticationResults,
): Sender {
  const why = `the display name shows an address of ${alias.vendor}, From is ${address}`;
  const isExcused = arc.result === 'pass' || dmarc.result === 'temperror';
  return { kind: isExcused ? 'unverified' : 'impersonation', alias, why };
}

/** Something of the alias's own organization passed: a vendor does not impersonate itself. */
function comesFrom(alias: Alias, { dkim, spf }: AuthenticationResults): boolean {
  const isOwn = (domain: string) =>
    isSigner(alias, domain) ||
    alias.addresses.some((address) => isAligned(domain, watchedDomain(address), false));
  return (
    dkim.some((signature) => signature.result === 'pass' && isOwn(signature.domain)) ||
    (spf.result === 'pass' && isOwn(spf.domain))
  );
}
