import { canonicalAddress, canonicalDomain } from '../alias/address.ts';
import type { HeldFilter } from '../review/review.ts';
import { otherForms } from './domain-forms.ts';
import type { HeldSummary } from './quarantine.ts';
import { searchWords } from './words.ts';

/** What is searched by `text`; a domain in either of its forms. */
export function searchedText({
  subject,
  from,
  reason,
}: Pick<HeldSummary, 'subject' | 'from' | 'reason'>): string {
  const text = `${subject}\n${from}\n${reason}`;
  return `${text}\n${otherForms(text)}`;
}

/** An address of an envelope, or one that is looked for, as the two are compared: its domain in A-labels. */
export function comparableAddress(address: string): string {
  return canonicalAddress(address) ?? address.toLowerCase();
}

/** A domain, or that of an address, as the two are compared. */
export function comparableDomain(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return canonicalDomain(domain) || domain.toLowerCase();
}

/** Whether a message meets every condition; each word of `text` must be one of its words. */
export function meets(held: HeldSummary, filter: HeldFilter): boolean {
  const {
    state = 'held',
    alias,
    campaign,
    recipient,
    recipientDomain,
    onlyUnder,
    text,
    since,
    until,
  } = filter;
  const at = Date.parse(held.heldAt);
  const { rcptTo } = held.envelope;
  return (
    (state === 'any' || held.state === state) &&
    (alias === undefined || held.alias === alias) &&
    (campaign === undefined || held.campaign === campaign) &&
    (onlyUnder === undefined || held.onlyUnder === onlyUnder) &&
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at < Date.parse(until)) &&
    (recipient === undefined ||
      rcptTo.some((address) => comparableAddress(address) === comparableAddress(recipient))) &&
    (recipientDomain === undefined ||
      rcptTo.some((address) => comparableDomain(address) === comparableDomain(recipientDomain))) &&
    (text === undefined || hasWords(searchedText(held), text))
  );
}

function hasWords(searched: string, wanted: string): boolean {
  const words = new Set(searchWords(searched));
  return searchWords(wanted).every((word) => words.has(word));
}
