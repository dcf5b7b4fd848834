import { domainOf } from '../message/mailbox.ts';
import { organizationOf } from '../message/links.ts';
import { wordsOf } from '../message/fold.ts';
import type { Sighting } from './features.ts';
import type { Lists } from './lists.ts';
import type { MessageView } from './message-view.ts';

const maxWords = 60;
const longestPhrase = 3;
const maxSightings = 10;

/**
 * Well-known names and the titles of service desks where a customer's name belongs: display name and foreign Reply-To.
 * "MetaMask Support" via a survey service is not MetaMask; what the vendor itself is called does not count.
 */
export function brandSightings(view: MessageView): readonly Sighting[] {
  const { lists, message, ownDomain } = view;
  const filled = wordsOf(customerPart(view.foldedName), maxWords);
  // "Example Notifications" is Example's own desk.
  const isVendor = filled.some((word) => ownLabel(ownDomain).includes(word) && word.length > 3);
  const foreign = message.replyTo.filter(
    ({ address }) => address.includes('@') && organizationOf(domainOf(address)) !== ownDomain,
  );
  const texts = [
    ...(isVendor ? [] : [{ place: 'the display name', domain: '', words: filled }]),
    ...foreign.slice(0, 3).map(({ address }) => ({
      place: 'Reply-To',
      domain: organizationOf(domainOf(address)),
      words: wordsOf(address.replace(/[^\p{L}\p{N}]+/gu, ' '), maxWords),
    })),
  ];
  const seen = new Map<string, Sighting>();
  for (const { place, domain, words } of texts) {
    for (const { value, name } of namesIn(words, lists)) {
      if (isOwn(value, { ownDomain, domain, lists }) || seen.has(value)) continue;
      seen.set(value, { signal: 'brand', table: 'brand', value, shown: `${name} in ${place}` });
    }
  }
  return [...seen.values()].slice(0, maxSightings);
}

/** "Jo Doe via Example" and "Jo Doe (Example)": who the customer is, without the vendor's own part. */
function customerPart(name: string): string {
  return name.replace(/\s*\(?\b(?:via|durch|por|par|tramite|przez)\s.*$/iu, '') || name;
}

/** `example` of `mail.example.com`. */
function ownLabel(ownDomain: string): string {
  return (ownDomain.split('.', 1)[0] ?? '').replaceAll('-', '');
}

/** The well-known name that a domain borrows (`metamask-staff.com`), or null; its genuine owner borrows nothing. */
export function borrowedName(domain: string, lists: Lists): string | null {
  const words = domain.replace(/\.[^.]*$/, '').split(/[^\p{L}\p{N}]+/u);
  const name = words.map((word) => asListed(word, lists)).find((word) => lists.brands.has(word));
  return name === undefined || (lists.brands.get(name) ?? []).includes(domain) ? null : name;
}

type Name = { readonly value: string; readonly name: string };

/** Names of the lists among the words, the longest phrase at a position first. */
function namesIn(words: readonly string[], lists: Lists): readonly Name[] {
  const names: Name[] = [];
  for (let position = 0; position < words.length; position++) {
    for (let length = Math.min(longestPhrase, words.length - position); length >= 1; length--) {
      const phrase = asListed(words.slice(position, position + length).join(' '), lists);
      const kind = lists.brands.has(phrase) ? 'brand' : lists.deskWords.has(phrase) ? 'desk' : null;
      if (kind === null) continue;
      const name = kind === 'brand' ? `the name "${phrase}"` : `a service desk ("${phrase}")`;
      names.push({ value: `${kind} ${phrase}`, name });
      position += length - 1;
      break;
    }
  }
  return names;
}

/** Shorter names stand in too many words. */
const leastNameLength = 6;

/** `metamasksupport`, `ledgerpay`: a long name that a word begins or ends with; else the phrase as it is. */
function asListed(phrase: string, { brands }: Lists): string {
  if (phrase.includes(' ') || phrase.length <= leastNameLength || brands.has(phrase)) return phrase;
  for (let length = phrase.length - 1; length >= leastNameLength; length--) {
    if (brands.has(phrase.slice(0, length))) return phrase.slice(0, length);
    if (brands.has(phrase.slice(-length))) return phrase.slice(-length);
  }
  return phrase;
}

/** The vendor's own name, or the owner of the name answering from its own domain. */
function isOwn(
  value: string,
  {
    ownDomain,
    domain,
    lists,
  }: { readonly ownDomain: string; readonly domain: string; readonly lists: Lists },
): boolean {
  if (!value.startsWith('brand ')) return false;
  const phrase = value.slice('brand '.length);
  const genuine = lists.brands.get(phrase) ?? [];
  const label = phrase.replaceAll(' ', '');
  return (
    genuine.includes(ownDomain) ||
    (domain !== '' && genuine.includes(domain)) ||
    ownLabel(ownDomain).includes(label)
  );
}
