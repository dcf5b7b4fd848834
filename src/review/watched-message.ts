import type { Analysis } from '../analysis.ts';
import type { Commit } from '../baseline/store.ts';
import { isFlagged } from '../decision/decide.ts';
import { digest } from '../decision/campaign.ts';
import type { Pseudonym } from '../features/hash.ts';
import { vouchedSightings } from '../organization-feed.ts';
import type { Lists } from '../features/lists.ts';
import { oneLine } from '../message/one-line.ts';
import type { Sightings } from '../organization/ledgers.ts';
import { nameOfShared } from '../organization/request.ts';
import { replyText, type Reply } from '../smtp/reply.ts';
import type { Transaction } from '../smtp/transaction.ts';
import type { StoredRecord } from './review-store.ts';

/** One message of a watched alias that passed or was held, as it is remembered for 14 days. */
export type WatchedMessage = {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly alias: string;
  readonly messageId: string;
  readonly from: string;
  readonly subject: string;
  readonly recipients: readonly string[];
  /** How many more it had than are remembered by address; none when absent. */
  readonly moreRecipients?: number;
  readonly scoreBits: number;
  readonly verdict: string;
  readonly action: string;
  /** Our 250 means that we hold it; the next hop's means that it has the message. */
  readonly isHeld: boolean;
  /** The next hop's final reply, which names its queue id; empty while held. */
  readonly reply: string;
  /** Id of the campaign it was counted to, or ''. */
  readonly campaign: string;
  /** Names of what copies would share, and those of them that tell its campaign or, unflagged, would; hashes. */
  readonly keys: readonly string[];
  readonly telling: readonly string[];
  /** `table value` of fresh values that lead a reader somewhere; of flagged mail alone. */
  readonly values: readonly string[];
  /** What delivery taught and may have to be taken back, as far as it was news to the alias. */
  readonly taught: Commit | null;
  /** What was taken back of it, and by which act. */
  readonly takenBack: { readonly commit: Commit; readonly act: string } | null;
  /** What it teaches once a person approves it; of tagged mail alone. */
  readonly lesson: Commit | null;
  /** What it adds to the organization's ledgers then. */
  readonly sightings: Sightings | null;
};

/** What is needed of it while it waits to be stored. */
export type NotedMessage = Pick<
  WatchedMessage,
  'id' | 'at' | 'alias' | 'messageId' | 'recipients' | 'campaign' | 'keys' | 'telling' | 'values'
> & {
  readonly hasTaught: boolean;
  /** All of it, as in its record. */
  readonly text: string;
};

export type PassedWatched = {
  readonly transaction: Transaction;
  readonly analysis: Analysis;
  readonly reply: Reply;
  readonly lists: Lists;
};

export const messageDays = 14;
const dayMs = 86_400_000;
const maxShown = 300;
/** As many as one SMTP transaction has unless `maxRecipients` allows more. */
export const mostRecipients = 1000;
/** A message with more is bulky: of these an alias keeps fewer, so that recipients do not outgrow its messages. */
const bulkyRecipients = 100;

/** Null for mail of nobody's alias. */
export function watchedMessage({
  transaction,
  analysis,
  reply,
  lists,
}: PassedWatched): WatchedMessage | null {
  const { header, alias, decision, score, shared, lesson, releaseLesson } = analysis;
  if (alias === null) return null;
  const isHeld = decision.effectiveAction === 'quarantine';
  const isTagged = decision.effectiveAction === 'tag' || (isFlagged(decision) && !isHeld);
  const { rcptTo } = transaction.envelope;
  return {
    id: transaction.id,
    at: transaction.receivedAt.toISOString(),
    alias,
    messageId: header.messageId.slice(0, maxShown),
    from: oneLine(header.from.map(({ address }) => address).join(', '), maxShown),
    subject: oneLine(header.subject, maxShown),
    recipients: rcptTo.slice(0, mostRecipients),
    ...(rcptTo.length > mostRecipients ? { moreRecipients: rcptTo.length - mostRecipients } : {}),
    scoreBits: score?.bits ?? 0,
    verdict: decision.verdict,
    action: decision.effectiveAction,
    isHeld,
    reply: isHeld ? '' : oneLine(replyText(reply), maxShown),
    campaign: decision.campaign ?? '',
    keys: shared?.keys.map(({ key }) => key) ?? [],
    telling: shared === null ? [] : tellingOf(shared),
    values: isFlagged(decision) ? (shared?.values.map(nameOfShared) ?? []) : [],
    taught: isHeld || lesson === null ? null : newsOf(lesson, analysis),
    takenBack: null,
    lesson: isTagged ? releaseLesson() : null,
    sightings: isTagged || isHeld ? vouchedSightings({ transaction, analysis, lists }) : null,
  };
}

/** Whose word it is and how far it goes is counted with every message. */
const alwaysTakenBack: ReadonlySet<string> = new Set(['pending', 'actor', 'reach']);

/** What everybody taught as well need not be taken back: of values only those the alias had not made its own. */
function newsOf(lesson: Commit, { shared }: Analysis): Commit {
  const news = new Set(shared?.news ?? []);
  const values = lesson.values.filter(
    ({ table, value }) => alwaysTakenBack.has(table) || news.has(value),
  );
  return { ...lesson, values };
}

/** Of mail that nobody flagged, all that is not anybody's. */
function tellingOf({ keys, telling }: NonNullable<Analysis['shared']>): readonly string[] {
  if (telling.length > 0) return telling;
  return keys.filter(({ isWidespread }) => !isWidespread).map(({ key }) => key);
}

/** Of a second's mail every lesson would be some hundred objects that outlive what made them. */
export function noted(message: WatchedMessage): NotedMessage {
  const { id, at, alias, messageId, recipients, campaign, keys, telling, values } = message;
  return {
    ...{ id, at, alias, messageId, recipients, campaign, keys, telling, values },
    hasTaught: message.taught !== null,
    text: JSON.stringify(message),
  };
}

export function recordOf(message: NotedMessage, pseudonym: Pseudonym): StoredRecord {
  const atMs = Date.parse(message.at);
  return {
    id: message.id,
    atMs,
    untilMs: atMs + messageDays * dayMs,
    tags: [
      aliasTag(message.alias),
      ...(isBulky(message) ? [bulkTag(message.alias)] : []),
      // What nobody flagged is found by what it shares with the campaigns that it may turn out to belong to.
      ...(message.campaign === ''
        ? message.keys.map((key) => keyTag(message.alias, key))
        : [campaignTag(message.campaign)]),
      ...(message.messageId === '' ? [] : [messageIdTag(message.messageId)]),
      ...message.recipients.map((recipient) => recipientTag(recipient, pseudonym)),
    ],
    text: message.text,
  };
}

export function messageOf({ text }: StoredRecord): WatchedMessage {
  return JSON.parse(text) as WatchedMessage;
}

export function aliasTag(alias: string): string {
  return `a:${alias}`;
}

export function isBulky({ recipients }: Pick<WatchedMessage, 'recipients'>): boolean {
  return recipients.length > bulkyRecipients;
}

export function bulkTag(alias: string): string {
  return `b:${alias}`;
}

export function campaignTag(campaign: string): string {
  return `c:${campaign}`;
}

export function keyTag(alias: string, key: string): string {
  return `k:${alias}:${key}`;
}

/** With or without angle brackets. */
export function messageIdTag(messageId: string): string {
  return `i:${digest(messageId.trim().replace(/^<|>$/g, ''))}`;
}

/** A person's address is found only by who knows it and the key. */
export function recipientTag(address: string, pseudonym: Pseudonym): string {
  return `r:${pseudonym(address)}`;
}
