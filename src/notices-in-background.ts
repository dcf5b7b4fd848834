import type { AuditLog } from './audit/audit-log.ts';
import type { HostPort } from './config/host-port.ts';
import type { Settings } from './config/settings.ts';
import { createLinkActs } from './notices/links/link-acts.ts';
import { loadLinkKeys } from './notices/links/link-keys.ts';
import { settleByAct } from './notices/links/settle-by-act.ts';
import { startPublicListener } from './notices/links/public-listener.ts';
import type { ReleaseRequests } from './notices/links/recipient-requests.ts';
import { openNoticeDesk, type NoticeDesk, type NoticeDeskOptions } from './notices/notice-desk.ts';
import type { OutboxStatus } from './notices/outbox-status.ts';
import type { NoticeOutcome } from './notices/send-notices.ts';
import type { Events } from './observability/events.ts';
import { pause } from './pause.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { Act, Review } from './review/review.ts';

export type NoticesOptions = Omit<NoticeDeskOptions, 'onOutcome' | 'settings'> & {
  readonly settings: Settings;
  readonly review: Pick<Review, 'release'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly events: Pick<
    Events,
    'noticeTried' | 'noticeLost' | 'noticesStopped' | 'noticeLinkUsed' | 'auditLost'
  >;
  /** False in a process beside one that sends what is due, and answers the links; true when absent. */
  readonly sends?: boolean;
  /** Between looks at what is due. */
  readonly everyMs?: number;
};

export type Notices = AsyncDisposable & {
  /** The quarantine, with whoever should know told of what it holds from now on. */
  readonly watching: (quarantine: Pick<Quarantine, 'hold'>) => Pick<Quarantine, 'hold'>;
  /** These messages expire soon: whoever should know is told. */
  readonly onExpiring: (ids: readonly string[]) => Promise<void>;
  readonly attacks: NoticeDesk['attacks'];
  readonly requests: ReleaseRequests;
  /** Somebody has decided: what recipients asked for is settled by it, or open again. Never throws. */
  readonly onAct: (act: Act, undone: Act | null) => void;
  readonly status: () => OutboxStatus;
  /** Of the pages behind links; null without `publicUrl`. */
  readonly publicAddress: HostPort | null;
};

const usualPauseMs = 15_000;
const pruneEveryMs = 3_600_000;

/**
 * Tells people of held mail, beside the message path, for as long as it is not disposed of.
 * @throws Error in one sentence when the state directory or the public address cannot be used.
 */
export async function startNotices(options: NoticesOptions): Promise<Notices> {
  const { settings, quarantine, events, now, sends = true } = options;
  await using opened = new AsyncDisposableStack();
  const onOutcome = recordOutcome(options);
  const desk = opened.use(await openNoticeDesk({ ...options, onOutcome }));
  if (sends) opened.use(sendInRounds(desk, options));
  const publicAddress =
    settings.publicUrl === null || !sends ? null : await listen(desk, options, opened);
  const owned = opened.move();
  return {
    watching: (watched) => withNotices(watched, desk, events),
    onExpiring: async (ids) => {
      for (const id of ids) {
        const held = await quarantine.find(id);
        if (held?.state === 'held') desk.tellOfExpiry(held);
      }
    },
    attacks: desk.attacks,
    requests: desk.requests,
    onAct: (act, undone) => {
      try {
        settleByAct(desk.requests, { act, undone, at: now() });
      } catch (error) {
        events.noticesStopped(error); // the request stays open, and can be settled by hand
      }
    },
    status: () => desk.outbox.status(now()),
    publicAddress,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function recordOutcome({ settings, audit, events }: NoticesOptions) {
  return (notice: NoticeOutcome): void => {
    events.noticeTried(notice);
    if (notice.outcome !== 'sent') return;
    const { id, kind, messages, recipient } = notice;
    audit
      .append({
        act: 'notice-sent',
        actor: { kind: 'proxy', name: settings.hostname, via: 'schedule' },
        subject: id,
        reason: kind,
        facts: { messages },
        personal: { recipient },
      })
      .catch((error: unknown) => events.auditLost('notice-sent', error));
  };
}

async function listen(
  desk: NoticeDesk,
  { settings, quarantine, review, events, now }: NoticesOptions,
  opened: AsyncDisposableStack,
): Promise<HostPort> {
  const acts = createLinkActs({
    keys: () => loadLinkKeys(settings.stateDir),
    quarantine,
    requests: desk.requests,
    used: desk.used,
    outbox: desk.outbox,
    admins: settings.noticeMode === 'off' ? [] : settings.noticeTo,
    recipientRelease: settings.recipientRelease,
    release: async (message, name) => {
      const by = { kind: 'recipient', name, via: 'link' } as const;
      const how = { reason: 'asked for by the recipient', recipients: [name] };
      const { effects } = await review.release({ message }, by, how);
      return effects.every(({ outcome }) => outcome === 'done' || outcome === 'already');
    },
    onUsed: events.noticeLinkUsed,
    now,
  });
  const basePath = new URL(settings.publicUrl ?? '').pathname.replace(/\/+$/, '');
  const { textsFor } = desk;
  const listener = await startPublicListener({
    listen: settings.publicListen,
    basePath,
    trustedProxies: settings.publicTrustedProxies,
    acts,
    textsFor,
  });
  opened.use(listener);
  return listener.address;
}

/**
 * Written down before the message is held: what is never held after all is left out when the notice is composed, and so
 * no crash in between leaves a held message that nobody is told of.
 */
function withNotices(
  quarantine: Pick<Quarantine, 'hold'>,
  desk: NoticeDesk,
  events: Pick<Events, 'noticeLost'>,
): Pick<Quarantine, 'hold'> {
  return {
    hold: async (message, prefix, content) => {
      try {
        desk.tellOfHeld(message);
      } catch (error) {
        events.noticeLost(error, message.id);
      }
      try {
        await quarantine.hold(message, prefix, content);
      } catch (error) {
        desk.takeBack(message.id);
        throw error;
      }
    },
  };
}

function sendInRounds(
  desk: NoticeDesk,
  { events, now, everyMs = usualPauseMs }: NoticesOptions,
): AsyncDisposable {
  const stop = new AbortController();
  const run = async () => {
    let prunedMs = -Infinity;
    do
      try {
        await desk.send('due', stop.signal);
        if (performance.now() - prunedMs > pruneEveryMs) {
          desk.outbox.prune(now());
          prunedMs = performance.now();
        }
      } catch (error) {
        events.noticesStopped(error);
      }
    while (await pause(everyMs, stop.signal));
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
