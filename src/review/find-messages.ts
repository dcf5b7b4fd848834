import { memberOf } from './campaign-view.ts';
import type { MessageFilter, MessageFound, MessagePage, PageRequest } from './review.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import type { StoredRecord } from './review-store.ts';
import {
  aliasTag,
  campaignTag,
  messageIdTag,
  messageOf,
  recipientTag,
  type WatchedMessage,
} from './watched-message.ts';

type Finding = Pick<ReviewDependencies, 'store' | 'quarantine' | 'pseudonym'>;

/** Records looked through for one page at most; the page then ends where it got to. */
const mostRead = 20_000;

/** Watched mail that passed or was held, newest first. */
export async function findMessages(
  deps: Finding,
  filter: MessageFilter,
  { limit, after }: PageRequest,
): Promise<MessagePage> {
  const tag = tagFor(filter, deps);
  const sinceMs = Date.parse(filter.since ?? '');
  const found: WatchedMessage[] = [];
  let last = startOf(filter, after);
  let isEnd = false;
  for (let read = 0; !isEnd && read < mostRead && found.length <= limit;) {
    const records = await batchOf(deps, filter, { tag, last, limit });
    read += records.length;
    found.push(...records.map(messageOf).filter((message) => meets(message, filter)));
    last = records.at(-1) ?? null;
    isEnd = filter.id !== undefined || records.length <= limit || (last?.atMs ?? 0) < sinceMs;
  }
  const shown = found.slice(0, limit);
  const end = found.length > limit ? shown.at(-1) : undefined;
  const next = end === undefined ? (isEnd ? null : last) : { atMs: Date.parse(end.at), id: end.id };
  return {
    messages: await Promise.all(shown.map((message) => foundMessage(deps, message))),
    next: next === null ? null : `${next.atMs}.${next.id}`,
  };
}

async function batchOf(
  { store }: Finding,
  { id }: MessageFilter,
  {
    tag,
    last,
    limit,
  }: {
    readonly tag: string | null;
    readonly last: Pick<StoredRecord, 'atMs' | 'id'> | null;
    readonly limit: number;
  },
): Promise<readonly StoredRecord[]> {
  if (id === undefined) return store.newest('message', { tag, limit: limit + 1, after: last });
  return (await store.read('message', [id])).filter((record) => record !== null);
}

/** Where to look on: after the page before, or below what is too new. */
function startOf(
  { until }: MessageFilter,
  after: string | undefined,
): Pick<StoredRecord, 'atMs' | 'id'> | null {
  if (after === undefined) return until === undefined ? null : { atMs: Date.parse(until), id: '' };
  const [time = '', id = ''] = after.split('.');
  const atMs = Number(time);
  return { atMs: Number.isSafeInteger(atMs) ? atMs : 0, id };
}

/** The tag that fewest messages have. */
function tagFor(
  { messageId, recipient, campaign, alias }: MessageFilter,
  { pseudonym }: Finding,
): string | null {
  if (messageId !== undefined) return messageIdTag(messageId);
  if (recipient !== undefined) return recipientTag(recipient, pseudonym);
  if (campaign !== undefined) return campaignTag(campaign);
  return alias === undefined ? null : aliasTag(alias);
}

function meets(message: WatchedMessage, filter: MessageFilter): boolean {
  const { messageId, recipient, campaign, alias, since, until } = filter;
  const at = Date.parse(message.at);
  const isTo = (address: string) =>
    message.recipients.some((other) => other.toLowerCase() === address.toLowerCase());
  return (
    (messageId === undefined || messageIdTag(message.messageId) === messageIdTag(messageId)) &&
    (recipient === undefined || isTo(recipient)) &&
    (campaign === undefined || message.campaign === campaign) &&
    (alias === undefined || message.alias === alias) &&
    (since === undefined || at >= Date.parse(since)) &&
    (until === undefined || at < Date.parse(until))
  );
}

async function foundMessage(
  { quarantine }: Finding,
  message: WatchedMessage,
): Promise<MessageFound> {
  const held = message.isHeld ? await quarantine.find(message.id) : null;
  const member = memberOf(message, held);
  const { verdict, campaign, lesson, isHeld } = message;
  const state = member.state === 'delivered-before-flag' ? 'delivered' : member.state;
  return { ...member, state, verdict, campaign, isApprovable: lesson !== null && !isHeld };
}
