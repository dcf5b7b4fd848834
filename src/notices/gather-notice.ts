import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { signLink, type LinkPurpose } from './links/signed-link.ts';
import type { LinkKeys } from './links/link-keys.ts';
import type { ReleaseRequests } from './links/recipient-requests.ts';
import type { Addressee, DeliveredMail, Notice, NoticeEntry, NoticeKind } from './notice.ts';
import { isOwnNotice, noticeMessageId } from './notice-message-id.ts';
import type { PendingNotice } from './outbox.ts';

/** Campaigns and single messages with an entry of their own. */
const maxEntries = 40;
/** Messages of one notice that are looked at; of more, the rest is taken to be held. */
const maxLookedAt = 2000;
const maxRecipients = 1000;

export type GatherSettings = {
  readonly noticeFrom: Notice['from'];
  readonly hostname: string;
  readonly contactUrl: string;
  readonly publicUrl: string | null;
  readonly noticeLinkDays: number;
  readonly recipientRelease: 'request' | 'release';
};

export type Gathering = {
  readonly quarantine: Pick<Quarantine, 'find'>;
  readonly requests: Pick<ReleaseRequests, 'about'>;
  readonly settings: GatherSettings;
  readonly keys: LinkKeys;
  readonly expiryAction: NonNullable<Notice['expiry']>['action'];
  readonly now: Date;
};

/** One message to tell of. */
type Found = {
  readonly id: string;
  readonly at: string;
  readonly alias: string;
  readonly from: string;
  readonly subject: string;
  readonly reason: string;
  /** Whose mail it is, or who asked. */
  readonly people: readonly string[];
  readonly expiresAt: string | null;
};

/** A campaign, or a message that is alone. */
type Group = { readonly first: Found; count: number; readonly people: Set<string> };

/**
 * What a notice tells of as it is now: mail that was released, deleted or never held after all is left out. Null where
 * nothing is left to tell.
 */
export async function gatherNotice(
  pending: PendingNotice,
  gathering: Gathering,
): Promise<Notice | null> {
  const { id, kind, to, createdAt, messages } = pending;
  const { settings, keys, expiryAction, now } = gathering;
  const { groups, expiresAt } = await groupsOf(pending, gathering);
  if (groups.length === 0) return null;
  const linksUntil = new Date(createdAt.getTime() + settings.noticeLinkDays * 86_400_000);
  const counted = groups.reduce((sum, { count }) => sum + count, 0);
  return {
    kind,
    to,
    entries: groups
      .slice(0, maxEntries)
      .map((group) => entryOf(group, { to, kind, linksUntil, gathering })),
    total: counted + Math.max(0, messages.length - maxLookedAt),
    expiry:
      kind === 'expiring' && expiresAt !== null
        ? { at: new Date(expiresAt), action: expiryAction }
        : null,
    linksUntil: settings.publicUrl === null ? null : linksUntil,
    messageId: noticeMessageId(id, settings.hostname, keys.current.key),
    date: now,
    from: settings.noticeFrom,
    host: settings.hostname,
    contactUrl: settings.contactUrl,
    recipientRelease: settings.recipientRelease,
  };
}

async function groupsOf(
  { kind, to, messages }: PendingNotice,
  gathering: Gathering,
): Promise<{ readonly groups: readonly Group[]; readonly expiresAt: string | null }> {
  const groups = new Map<string, Group>();
  let expiresAt: string | null = null;
  for (const { message, campaign, mail } of messages.slice(0, maxLookedAt)) {
    const found =
      mail === null
        ? await waitingMessage(message, { to, kind }, gathering)
        : deliveredMessage(message, mail);
    if (found === null) continue;
    const group = groups.get(campaign) ?? { first: found, count: 0, people: new Set() };
    groups.set(campaign, group);
    group.count++;
    for (const person of found.people)
      if (group.people.size < maxRecipients) group.people.add(person);
    const earliest = found.expiresAt;
    if (earliest !== null && (expiresAt === null || earliest < expiresAt)) expiresAt = earliest;
  }
  return { groups: [...groups.values()], expiresAt };
}

function deliveredMessage(id: string, { recipients, ...mail }: DeliveredMail): Found {
  return { ...mail, id, reason: '', people: recipients, expiresAt: null };
}

/** The message, where this addressee still waits for it; never one that is a notice itself. */
async function waitingMessage(
  id: string,
  { to, kind }: Pick<PendingNotice, 'to' | 'kind'>,
  { quarantine, keys, requests }: Gathering,
): Promise<Found | null> {
  const held = await quarantine.find(id).catch((error: unknown) => {
    // One that cannot be read must not keep the others from being told of; listings and metrics show it.
    if (error instanceof QuarantineError && error.problem === 'damaged') return null;
    throw error;
  });
  if (held?.state !== 'held' || isOwnNotice(held.messageId, keys.all.values())) return null;
  const { heldAt: at, alias, from, subject, reason, envelope, deliveries, expiresAt } = held;
  const found = { id, at, alias, from, subject, reason, expiresAt };
  if (kind === 'request' || kind === 'report') {
    const people = askers(id, kind, requests);
    return people.length === 0 ? null : { ...found, people };
  }
  const hasIt = deliveries.some(
    ({ recipient, delivered }) => delivered && recipient === to.address,
  );
  return to.audience === 'recipient' && hasIt ? null : { ...found, people: envelope.rcptTo };
}

/** Recipients whose request is still open. */
function askers(
  message: string,
  kind: 'request' | 'report',
  requests: Gathering['requests'],
): readonly string[] {
  const asked = kind === 'request' ? 'release' : 'report';
  return requests
    .about(message)
    .filter((request) => request.kind === asked)
    .map(({ recipient }) => recipient);
}

type EntryContext = {
  readonly to: Addressee;
  readonly kind: NoticeKind;
  readonly linksUntil: Date;
  readonly gathering: Gathering;
};

function entryOf(
  { first, count, people }: Group,
  { to, kind, linksUntil: expiresAt, gathering }: EntryContext,
): NoticeEntry {
  const { id: message, at, from, subject, reason, alias } = first;
  const { publicUrl } = gathering.settings;
  const link = (purpose: LinkPurpose) =>
    `${publicUrl ?? ''}/l/${signLink({ message, recipient: to.address, purpose, expiresAt }, gathering.keys)}`;
  const isAdmin = to.audience === 'admin';
  const hasLinks = publicUrl !== null && !isAdmin && kind !== 'attack';
  return {
    id: message,
    heldAt: new Date(at),
    from,
    subject,
    reason,
    alias,
    count,
    recipients: isAdmin ? [...people] : [],
    links: hasLinks ? { release: link('release'), report: link('report') } : null,
  };
}
