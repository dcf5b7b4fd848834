import { isAligned } from '../authentication/alignment.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import { mailIdentity } from '../features/links.ts';
import type { Lists } from '../features/lists.ts';
import type { Header } from '../message/header.ts';
import { linksOf, organizationOf } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Message } from '../message/message.ts';
import type { Sightings } from './ledgers.ts';

/** What a message of a watched alias leaves for the ledgers. */
export type WatchedSightings = {
  readonly linkDomains: readonly string[];
  readonly carried: NonNullable<Sightings['carried']>;
};

const maxDomains = 60;
const maxIdentities = 10;

/** From organization and correspondents of one message. */
export type HeaderSightings = Pick<Sightings, 'sender' | 'correspondents'>;

/** What the header fields say of who writes to us; null where nothing proves the From address, since forgers teach nothing. */
export function headerSightings(
  header: Pick<Header, 'from' | 'fromFieldCount' | 'replyTo'>,
  authentication: AuthenticationResults,
  lists: Lists,
): HeaderSightings | null {
  const [author] = header.from;
  if (author === undefined || header.from.length > 1 || header.fromFieldCount > 1) return null;
  const domain = domainOf(author.address);
  if (!isDomain(domain) || !isProved(domain, authentication)) return null;
  return {
    sender: organizationOf(domain),
    correspondents: identitiesOf([author, ...header.replyTo], lists),
  };
}

/** DMARC, or a passing identifier that is aligned as DMARC would have it (RFC 9989 §4.4). */
function isProved(domain: string, { dmarc, dkim, spf }: AuthenticationResults): boolean {
  if (dmarc.result === 'pass') return true;
  if (dmarc.result === 'fail') return false;
  return (
    dkim.some(({ result, aligned }) => result === 'pass' && aligned) ||
    (spf.result === 'pass' && isAligned(spf.domain, domain, false))
  );
}

/** Whom mailboxes stand for, distinct, at most ten. */
export function identitiesOf(
  mailboxes: readonly { readonly address: string }[],
  lists: Lists,
  limit = maxIdentities,
): readonly string[] {
  const identities = mailboxes
    .filter(({ address }) => address.includes('@') && isDomain(domainOf(address)))
    .map(({ address }) => mailIdentity(address, lists));
  return [...new Set(identities)].slice(0, limit);
}

/** Registrable domains of the links of a message, its sender's own among them; at most 60. */
export function linkDomainsOf({ html, textBlocks }: Pick<Message, 'html' | 'textBlocks'>) {
  const links = linksOf(html?.links ?? [], [...(html?.blocks ?? []), ...textBlocks]);
  return [...new Set(links.map(({ domain }) => domain))].slice(0, maxDomains);
}

/** A name with a dot that DNS can carry (RFC 1035 §2.3.4). */
function isDomain(domain: string): boolean {
  return domain.length <= 253 && /^[^\s@]+\.[^\s@.]+$/.test(domain);
}
