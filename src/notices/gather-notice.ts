import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { HeldMessage, Quarantine } from '../quarantine/quarantine.ts';
import { signLink } from './links/signed-link.ts';
import type { LinkKeys } from './links/link-keys.ts';
import type { ReleaseRequests } from './links/recipient-requests.ts';
import type { Addressee, Notice, NoticeEntry, NoticeKind } from './notice.ts';
import { isOwnNotice, noticeMessageId } from './notice-message-id.ts';
import type { PendingNotice } from './outbox.ts';

/** Campaigns and single messages with an entry of their own. */
const maxEntries = 40;
/** Messages of one notice that are looked at; of more, the rest is taken to be held. */
const maxLookedAt = 2000;

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

/**
 * What a notice tells of as it is now: mail that was released, deleted or never held after all is left out. Null where
 * nothing is left to tell.
 */
export async function gatherNotice(
  { id, kind, to, createdAt, messages }: PendingNotice,
  gathering: Gathering,
): Promise<Notice | null> {
  const { settings, keys, expiryAction, now } = gathering;
  const groups = new Map<string, { first: HeldMessage; count: number }>();
  let expiresAt: string | null = null;
  for (const { message, campaign } of messages.slice(0, maxLookedAt)) {
    const held = await waitingMessage(message, { to, kind }, gathering);
    if (held === null) continue;
    const group = groups.get(campaign);
    groups.set(campaign, { first: group?.first ?? held, count: (group?.count ?? 0) + 1 });
    if (expiresAt === null || held.expiresAt < expiresAt) expiresAt = held.expiresAt;
  }
  if (groups.size === 0) return null;
  const found = [...groups.values()];
  const expiry = new Date(createdAt.getTime() + settings.noticeLinkDays * 86_400_000);
  return {
    kind,
    to,
    entries: found
      .slice(0, maxEntries)
      .map(({ first, count }) => entryOf(first, count, { to, kind, expiry, gathering })),
    total:
      found.reduce((sum, { count }) => sum + count, 0) + Math.max(0, messages.length - maxLookedAt),
    expiry:
      kind === 'expiring' && expiresAt !== null
        ? { at: new Date(expiresAt), action: expiryAction }
        : null,
    linksUntil: settings.publicUrl === null ? null : expiry,
    messageId: noticeMessageId(id, settings.hostname, keys.current.key),
    date: now,
    from: settings.noticeFrom,
    host: settings.hostname,
    contactUrl: settings.contactUrl,
    recipientRelease: settings.recipientRelease,
  };
}

/** The message, where this addressee still waits for it; never one that is a notice itself. */
async function waitingMessage(
  id: string,
  { to, kind }: Pick<PendingNotice, 'to' | 'kind'>,
  { quarantine, keys, requests }: Gathering,
): Promise<HeldMessage | null> {
  const held = await quarantine.find(id).catch((error: unknown) => {
    // One that cannot be read must not keep the others from being told of; listings and metrics show it.
    if (error instanceof QuarantineError && error.problem === 'damaged') return null;
    throw error;
  });
  if (held?.state !== 'held' || isOwnNotice(held.messageId, keys.all.values())) return null;
  if (asks(kind)) return askers(held, kind, requests).length === 0 ? null : held;
  const hasIt = held.deliveries.some(
    ({ recipient, delivered }) => delivered && recipient === to.address,
  );
  return to.audience === 'recipient' && hasIt ? null : held;
}

function asks(kind: NoticeKind): kind is 'request' | 'report' {
  return kind === 'request' || kind === 'report';
}

/** Recipients whose request is still open. */
function askers(
  { id }: HeldMessage,
  kind: 'request' | 'report',
  requests: Gathering['requests'],
): readonly string[] {
  const asked = kind === 'request' ? 'release' : 'report';
  return requests
    .about(id)
    .filter((request) => request.kind === asked)
    .map(({ recipient }) => recipient);
}

function entryOf(
  held: HeldMessage,
  count: number,
  {
    to,
    kind,
    expiry,
    gathering,
  }: {
    readonly to: Addressee;
    readonly kind: Notice['kind'];
    readonly expiry: Date;
    readonly gathering: Gathering;
  },
): NoticeEntry {
  const { settings, keys, requests } = gathering;
  const { publicUrl } = settings;
  const link = (purpose: 'release' | 'report') =>
    `${publicUrl ?? ''}/l/${signLink({ message: held.id, recipient: to.address, purpose, expiresAt: expiry }, keys)}`;
  const whose = asks(kind) ? askers(held, kind, requests) : held.envelope.rcptTo;
  return {
    id: held.id,
    heldAt: new Date(held.heldAt),
    from: held.from,
    subject: held.subject,
    reason: held.reason,
    alias: held.alias,
    count,
    recipients: to.audience === 'admin' ? whose : [],
    links:
      publicUrl === null || to.audience === 'admin'
        ? null
        : { release: link('release'), report: link('report') },
  };
}
