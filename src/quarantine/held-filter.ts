import type { HeldFilter } from '../review/review.ts';
import type { HeldSummary } from './quarantine.ts';
import { searchWords } from './words.ts';

/** What is searched by `text`. */
export function searchedText({
  subject,
  from,
  reason,
}: Pick<HeldSummary, 'subject' | 'from' | 'reason'>): string {
  return `${subject}\n${from}\n${reason}`;
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** Whether a message meets every condition; each word of `text` must be one of its words. */
export function meets(held: HeldSummary, filter: HeldFilter): boolean {
  const {
    state = 'held',
    alias,
    campaign,
    recipient,
    recipientDomain,
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
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at < Date.parse(until)) &&
    (recipient === undefined ||
      rcptTo.some((address) => address.toLowerCase() === recipient.toLowerCase())) &&
    (recipientDomain === undefined ||
      rcptTo.some((address) => domainOf(address) === recipientDomain.toLowerCase())) &&
    (text === undefined || hasWords(searchedText(held), text))
  );
}

function hasWords(searched: string, wanted: string): boolean {
  const words = new Set(searchWords(searched));
  return searchWords(wanted).every((word) => words.has(word));
}
