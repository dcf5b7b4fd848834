import { bareDomainsOf, organizationOf, pathShape } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import { borrowedName } from './brands.ts';
import type { Sighting, Standing } from './features.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';

const maxPerSignal = 60;

/** Link domains, their top-level domains, and the shapes of paths (measured C8, C9). */
export function linkSightings(view: MessageView): readonly Sighting[] {
  const domains = view.linkDomains;
  const shapes = new Set(view.links.map((link) => `${link.domain}/${pathShape(link.path)}`));
  return [
    ...domains.map((domain) => sighting('link', domain, `a link to ${domain}`)),
    ...[...shapes].slice(0, maxPerSignal).map(
      (shape) =>
        ({
          signal: 'path-shape',
          table: 'path-shape',
          value: shape,
          shown: `a link shaped ${shape}`,
        }) as const,
    ),
  ];
}

/** Domains and mail addresses spelled out in text and attachments; the vendor's own are no news. */
export function textDomainSightings(view: MessageView): readonly Sighting[] {
  const mail = mailDomainsOf(view.writtenText, view.lists).filter(
    (domain) => organizationOf(domainOf(domain)) !== view.ownDomain,
  );
  return [
    ...view.bareDomains.map((domain) =>
      sighting('bare-domain', domain, `the domain ${domain} in the text`),
    ),
    ...mail
      .slice(0, maxPerSignal)
      .map((domain) => sighting('mail-domain', domain, `a mail address at ${domain} in the text`)),
  ];
}

/** Top-level domains of links and bare domains alike. */
export function topLevelSightings(view: MessageView): readonly Sighting[] {
  const domains = [...view.linkDomains, ...view.bareDomains];
  return [...new Set(domains.map(topLevel))].map((tld) =>
    sighting('link-tld', tld, `a link under ${tld}`),
  );
}

/** How well known the domains of links, bare domains and Reply-To are to the world (measured 8). */
export function standingsOf(view: MessageView): readonly Standing[] {
  const domains = [...new Set([...view.linkDomains, ...view.bareDomains])];
  const replyTo = replyToIdentities(view).filter((value) =>
    isCheap(value.slice(value.lastIndexOf('@') + 1), view.lists),
  );
  return [
    ...domains.flatMap((value) => standingOf(value, view.lists)),
    ...replyTo.map((value) => ({
      table: 'reply-to' as const,
      value,
      level: 1,
      shown: `${value} is free hosting or under a cheap top-level domain`,
    })),
  ];
}

function standingOf(value: string, lists: Lists): readonly Standing[] {
  const table = 'domain' as const;
  if (isCheap(value, lists)) {
    const shown = `${value} is free hosting, a shortener or under a cheap top-level domain`;
    return [{ table, value, level: 2, shown }];
  }
  const name = borrowedName(value, lists);
  if (name !== null)
    return [{ table, value, level: 2, shown: `${value} borrows the name "${name}"` }];
  const isPopular =
    lists.popularDomains.has(value) || lists.popularDomains.has(organizationOf(value));
  return isPopular
    ? []
    : [{ table, value, level: 1, shown: `${value} is not a well-known domain` }];
}

/** Registrable domains of links away from the vendor's own. */
export function foreignLinkDomains({
  links,
  ownDomain,
}: Pick<MessageView, 'links' | 'ownDomain'>): readonly string[] {
  const foreign = links.filter((link) => organizationOf(link.host) !== ownDomain);
  return [...new Set(foreign.map((link) => link.domain))].slice(0, maxPerSignal);
}

/** Registrable domains spelled out in `text`, away from the vendor's own. */
export function foreignBareDomains(text: string, ownDomain: string): readonly string[] {
  return bareDomainsOf(text)
    .filter((domain) => organizationOf(domain) !== ownDomain)
    .slice(0, maxPerSignal);
}

function sighting(signal: Sighting['signal'], value: string, shown: string): Sighting {
  return { signal, table: 'domain', value, shown };
}

function topLevel(domain: string): string {
  return domain.slice(domain.lastIndexOf('.'));
}

function isCheap(domain: string, lists: Lists): boolean {
  return (
    lists.freeHosting.has(domain) ||
    lists.freeHosting.has(organizationOf(domain)) ||
    lists.urlShorteners.has(domain) ||
    lists.cheapTopLevelDomains.has(topLevel(domain).slice(1))
  );
}

function mailDomainsOf(folded: string, lists: Lists): readonly string[] {
  const found = new Set<string>();
  if (!folded.includes('@')) return [];
  for (const [address] of folded.matchAll(
    /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}\b/gi,
  )) {
    found.add(mailIdentity(address.toLowerCase(), lists));
    if (found.size >= 100) break;
  }
  return [...found];
}

/** A mailbox at a freemail provider is its own identity; elsewhere the registrable domain is. */
export function mailIdentity(address: string, lists: Lists): string {
  const domain = domainOf(address);
  return lists.freeMail.has(domain) ? address : organizationOf(domain);
}

/** Identities of the Reply-To addresses outside the vendor's own domain, at most 10. */
export function replyToIdentities({ message, ownDomain, lists }: MessageView): readonly string[] {
  const foreign = message.replyTo.filter(
    ({ address }) => address.includes('@') && organizationOf(domainOf(address)) !== ownDomain,
  );
  return [...new Set(foreign.map(({ address }) => mailIdentity(address, lists)))].slice(0, 10);
}
