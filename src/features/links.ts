import { bareDomainsOf, organizationOf, pathShape } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Sighting } from './features.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';

const maxPerSignal = 60;

/** Link domains, their top-level domains, free hosting among them, and the shapes of paths (measured C8, C9). */
export function linkSightings(view: MessageView): readonly Sighting[] {
  const foreign = view.links.filter((link) => organizationOf(link.host) !== view.ownDomain);
  const domains = [...new Set(foreign.map((link) => link.domain))].slice(0, maxPerSignal);
  const listed = domains.filter((domain) => isListed(domain, view.lists));
  const shapes = new Set(view.links.map((link) => `${link.domain}/${pathShape(link.path)}`));
  return [
    ...domains.map((domain) => sighting('link', domain, `a link to ${domain}`)),
    ...listed.map((domain) =>
      sighting(
        'link-hosting',
        domain,
        `${domain} is free hosting, a shortener or under a cheap top-level domain`,
      ),
    ),
    ...[...new Set(domains.map(topLevel))].map((tld) =>
      sighting('link-tld', tld, `a link under ${tld}`),
    ),
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

/** Domains and mail addresses spelled out in subject and text; the vendor's own are no news. */
export function textDomainSightings(view: MessageView): readonly Sighting[] {
  const text = `${view.foldedSubject}\n${view.foldedBody}`;
  const bare = bareDomainsOf(text).filter((domain) => organizationOf(domain) !== view.ownDomain);
  const mail = mailDomainsOf(text, view.lists).filter(
    (domain) => organizationOf(domainOf(domain)) !== view.ownDomain,
  );
  return [
    ...bare
      .slice(0, maxPerSignal)
      .map((domain) => sighting('bare-domain', domain, `the domain ${domain} in the text`)),
    ...mail
      .slice(0, maxPerSignal)
      .map((domain) => sighting('mail-domain', domain, `a mail address at ${domain} in the text`)),
  ];
}

function sighting(signal: Sighting['signal'], value: string, shown: string): Sighting {
  return { signal, table: 'domain', value, shown };
}

function topLevel(domain: string): string {
  return domain.slice(domain.lastIndexOf('.'));
}

function isListed(domain: string, lists: Lists): boolean {
  return (
    lists.freeHosting.has(domain) ||
    lists.freeHosting.has(organizationOf(domain)) ||
    lists.urlShorteners.has(domain) ||
    lists.cheapTopLevelDomains.has(topLevel(domain).slice(1))
  );
}

function mailDomainsOf(folded: string, lists: Lists): readonly string[] {
  const found = new Set<string>();
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
