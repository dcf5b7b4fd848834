import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Analysis } from './analysis.ts';
import { dayOf } from './baseline/ledger.ts';
import { fnv1a } from './baseline/value-record.ts';
import type { Lists } from './features/lists.ts';
import { parseMessage } from './message/message.ts';
import type { OrganizationLedgers, Sightings } from './organization/ledgers.ts';
import { headerSightings, linkDomainsOf } from './organization/sightings.ts';
import type { Transaction } from './smtp/transaction.ts';

/** A message whose fate is known. */
export type PassedMessage = {
  readonly transaction: Transaction;
  readonly analysis: Pick<Analysis, 'header' | 'authentication' | 'decision' | 'seen'>;
  readonly lists: Lists;
  /** The next hop took it. */
  readonly isDelivered: boolean;
};

/** Tells the organization's ledgers of a message, beside the message path. Never rejects. */
export type OrganizationFeed = (message: PassedMessage) => Promise<void>;

/** Links stand at the beginning; what lies beyond is mostly attachments. */
const sampledBytes = 256 * 1024;

/** Sampled messages that are read at the same time; further ones are not read. */
const mostAtOnce = 4;

/** Sampled messages that are read of those that came in one second: what is written often shows in these as well. */
const mostPerSecond = 20;

/**
 * Header fields of every authenticated message that was delivered undisputed; link domains of those of watched aliases
 * and of one in `sample` others (0: of none); what watched aliases carried whatever became of the message.
 */
export function createOrganizationFeed(
  ledgers: Pick<OrganizationLedgers, 'count'>,
  { sample }: { readonly sample: number },
): OrganizationFeed {
  let reading = 0;
  let second = { at: 0, read: 0 };
  return async (message) => {
    const { transaction, analysis } = message;
    const nothing: Sightings = {
      day: dayOf(transaction.receivedAt),
      sender: '',
      domains: [],
      correspondents: [],
      written: [],
      carried: analysis.seen?.carried ?? null,
    };
    const header = isUndisputed(message)
      ? headerSightings(analysis.header, analysis.authentication, message.lists)
      : null;
    ledgers.count({
      ...nothing,
      ...header,
      domains: header ? (analysis.seen?.linkDomains ?? []) : [],
    });
    const isSampled = sample > 0 && fnv1a(transaction.id) % sample === 0;
    if (header === null || analysis.seen !== null || !isSampled || reading >= mostAtOnce) return;
    const at = Math.floor(transaction.receivedAt.getTime() / 1000);
    if (second.at !== at) second = { at, read: 0 };
    if (second.read >= mostPerSecond) return;
    second.read++;
    reading++;
    try {
      // Asked for before anybody can let go of the content; read once the client has its reply.
      const prefix = transaction.content.prefix(sampledBytes);
      await yieldToOthers();
      const domains = linkDomainsOf(await parseMessage(await prefix, analysis.header));
      if (domains.length > 0) ledgers.count({ ...nothing, sender: header.sender, domains });
    } catch {
      // A sample may be left out: nothing rests on a single message.
    } finally {
      reading--;
    }
  };
}

/** What a message of a watched alias adds to the ledgers once a person vouches for it; null for other mail. */
export function vouchedSightings({
  transaction,
  analysis,
  lists,
}: Omit<PassedMessage, 'isDelivered'>): Sightings | null {
  const header = headerSightings(analysis.header, analysis.authentication, lists);
  if (header === null || analysis.seen === null) return null;
  return {
    day: dayOf(transaction.receivedAt),
    ...header,
    domains: analysis.seen.linkDomains,
    written: [],
    carried: null,
  };
}

/** Nobody's alias and no claim, or clean mail of a watched one. */
function isUndisputed({ analysis, isDelivered }: PassedMessage): boolean {
  const { decision, seen } = analysis;
  if (!isDelivered) return false;
  return seen === null ? decision.verdict === 'unwatched' : decision.learnFeatures;
}
