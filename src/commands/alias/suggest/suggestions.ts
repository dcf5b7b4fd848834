import { watchedDomain } from '../../../alias/address.ts';
import { enough, type SenderTally } from './sender-tally.ts';

/** A sender worth watching. Shares are 0 to 1, null where the source does not say. */
export type Suggestion = {
  /** Address, or a pattern over several. */
  readonly watch: string;
  readonly messages: number;
  readonly days: number;
  readonly since: string;
  readonly until: string;
  /** Distinct recipients, or deliveries where only their number is known. */
  readonly recipients: number;
  /** Senders under the pattern; 1 for an address. */
  readonly addresses: number;
  readonly automated: number | null;
  readonly links: number | null;
  /** Display names and Reply-To addresses under one sender: several mean that somebody else fills a slot. */
  readonly actors: number | null;
  readonly hasActorSlot: boolean;
  readonly authenticated: number | null;
  /** Why it looks like a notification, for a person. */
  readonly why: string;
};

export type SuggestionLimits = { readonly minMessages: number; readonly top: number };

/** Local parts by which programs write. */
const programNames =
  /(?:no|not)[._-]?reply|^(?:notif\w*|alerts?|mailer|automat\w*|robot|system|updates?|receipts?)$|[._-](?:notifications?|alerts?)$/;

/** Senders that look like a vendor's notifications, most mail first; addresses that a suggested pattern covers are its. */
export function suggestionsFrom(
  tallies: Iterable<readonly [name: string, tally: SenderTally]>,
  { minMessages, top }: SuggestionLimits,
): readonly Suggestion[] {
  const found = [...tallies]
    .filter(([, tally]) => tally.messages >= minMessages)
    .flatMap(([watch, tally]) => {
      const why = watch.startsWith('*') ? whyPattern(tally) : whyAddress(watch, tally);
      return why === null ? [] : [suggestion(watch, tally, why)];
    })
    // The widest pattern first, so that it takes what it covers.
    .sort((left, right) => rank(right.watch) - rank(left.watch) || right.messages - left.messages);
  const patterns: string[] = [];
  const kept = found.filter(({ watch }) => {
    if (patterns.some((pattern) => covers(pattern, watch))) return false;
    if (watch.startsWith('*')) patterns.push(watch);
    return true;
  });
  return kept
    .sort((left, right) => right.messages - left.messages || (left.watch < right.watch ? -1 : 1))
    .slice(0, top);
}

function whyAddress(address: string, tally: SenderTally): string | null {
  if (tally.days.size < 3 && reachOf(tally) < 5) return null;
  const local = address.slice(0, address.lastIndexOf('@'));
  if (programNames.test(local)) return 'its name says that a program writes it';
  if (shareOf(tally.automated) >= 0.5) return 'its header says that a program writes it';
  const repeated = repetition(tally);
  if (tally.messages >= 10 && tally.days.size >= 5 && repeated >= 0.6 && neverReplies(tally))
    return `${Math.round(repeated * 100)} % of its messages have one template, and none answers`;
  return null;
}

/** Many senders under one domain that all write by program: tenants, or a vendor that numbers its mailboxes. */
function whyPattern(tally: SenderTally): string | null {
  if (tally.addresses.size < 5 || tally.days.size < 3 || shareOf(tally.automated) < 0.8)
    return null;
  return `${atLeast(tally.addresses.size)} senders under one domain write by program`;
}

function suggestion(watch: string, tally: SenderTally, why: string): Suggestion {
  const actors = tally.actors.size;
  return {
    watch,
    messages: tally.messages,
    days: tally.days.size,
    since: isoDay(tally.firstAtMs),
    until: isoDay(tally.lastAtMs),
    recipients: reachOf(tally),
    addresses: tally.addresses.size,
    automated: shareOrNull(tally.automated),
    links: shareOrNull(tally.links),
    actors: actors === 0 ? null : actors,
    hasActorSlot: actors >= 3,
    authenticated: shareOrNull(tally.authenticated),
    why,
  };
}

function reachOf({ recipients, deliveries }: SenderTally): number {
  return recipients.size === 0 ? deliveries : recipients.size;
}

function repetition({ shapes, messages }: SenderTally): number {
  return Math.max(0, ...shapes.values()) / messages;
}

/** People answer; a program that does gives itself away by its header. */
function neverReplies({ replies }: SenderTally): boolean {
  return replies.of > 0 && shareOf(replies) < 0.02;
}

function shareOf({ yes, of }: { readonly yes: number; readonly of: number }): number {
  return of === 0 ? 0 : yes / of;
}

function shareOrNull(share: { readonly yes: number; readonly of: number }): number | null {
  return share.of === 0 ? null : Math.round(shareOf(share) * 1000) / 1000;
}

/** 0 address, 1 host, 2 all hosts of an organization. */
function rank(watch: string): number {
  return watch.startsWith('*@*.') ? 2 : watch.startsWith('*@') ? 1 : 0;
}

function covers(pattern: string, watch: string): boolean {
  const [wide, narrow] = [watchedDomain(pattern), watchedDomain(watch)];
  return pattern.startsWith('*@*.') ? narrow.endsWith(`.${wide}`) : wide === narrow;
}

function isoDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `60+` where counting stopped. */
export function atLeast(count: number): string {
  return count >= enough ? `${enough}+` : String(count);
}
