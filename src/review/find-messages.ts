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

/** Records looked through for one page at most. */
const mostRead = 20_000;

/** Watched mail that passed or was held, newest first. */
export async function findMessages(
  deps: Finding,
  filter: MessageFilter,
  { limit, after }: PageRequest,
): Promise<MessagePage> {
  const tag = tagFor(filter, deps);
  const found: WatchedMessage[] = [];
  let last = after === undefined ? null : placeOf(after);
  for (let read = 0; read < mostRead && found.length <= limit;) {
    const records = await batchOf(deps, filter, { tag, last, limit });
    read += Math.max(1, records.length);
    found.push(...records.map(messageOf).filter((message) => meets(message, filter)));
    last = records.at(-1) ?? null;
    if (last === null || filter.id !== undefined || records.length < limit + 1) break;
  }
  const shown = found.slice(0, limit);
  const end = shown.at(-1);
  const next = found.length > limit && end ? `${Date.parse(end.at)}.${end.id}` : null;
  return { messages: await Promise.all(shown.map((message) => foundMessage(deps, message))), next };
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

function placeOf(after: string): Pick<StoredRecord, 'atMs' | 'id'> {
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
