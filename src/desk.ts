import type { RunningAudit } from './audit/start-audit.ts';
import type { BaselineStore } from './baseline/store.ts';
import type { HostPort } from './config/host-port.ts';
import type { Settings } from './config/settings.ts';
import { startConsole, type ConsoleStart, type RunningConsole } from './console-in-background.ts';
import type { ActiveRules, Dependencies } from './dependencies.ts';
import { startNotices, type Notices } from './notices-in-background.ts';
import type { Events } from './observability/events.ts';
import type { Log } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import type { HeldMail } from './quarantine/open-held-mail.ts';
import {
  startReviews,
  type RunningReviews,
  type StartReviewsOptions,
} from './reviews-in-background.ts';
import { sweepInBackground } from './sweep-in-background.ts';

export type ReviewsStart = Omit<
  StartReviewsOptions,
  'audit' | 'baselines' | 'events' | 'quarantine' | 'rules' | 'settings'
> & {
  readonly settings: Settings;
  readonly rules: () => ActiveRules;
  readonly baselines: BaselineStore;
  readonly quarantine: HeldMail;
  readonly audited: Pick<RunningAudit, 'audit' | 'heads'>;
  readonly events: Events;
};

export type DeskStart = ReviewsStart &
  Pick<ConsoleStart, 'version' | 'status' | 'readiness'> &
  Pick<ConsoleStart['sources'], 'policyInForce' | 'candidate'> & {
    readonly log: Pick<Log, 'warn'>;
    readonly metrics: Pick<Metrics, 'measureNotices'>;
  };

/** What the path of mail needs of what people do with it. */
export type DeskOfMail = Pick<Desk, 'standing' | 'remember' | 'quarantine'>;

/** What people have to do with mail: they are told of it, look at it and decide; and what the message path needs of that. */
export type Desk = AsyncDisposable & {
  readonly standing: RunningReviews['standing'];
  readonly remember: RunningReviews['remember'];
  /** Holding tells those who are to know. */
  readonly quarantine: Dependencies['quarantine'];
  readonly handle: RunningConsole['handle'];
  readonly console: HostPort | null;
  readonly links: Notices['publicAddress'];
};

/**
 * Starts reviews, notices, the quarantine's sweep and the console.
 * @throws Error in one sentence when an address or a store cannot be used, or mail would go without anybody being told.
 */
export async function startDesk(start: DeskStart): Promise<Desk> {
  const { settings, quarantine, baselines, pseudonym, audited, rules, events, now } = start;
  const { audit } = audited;
  const expiry = tellsNobodyOfExpiry(settings);
  if (expiry !== null) throw new Error(expiry);
  await using opened = new AsyncDisposableStack();
  const { reviews, notices } = await openReviews(start, { sends: true }, opened);
  const { review, standing, remember } = reviews;
  start.metrics.measureNotices(notices.status);
  // Without a next hop nothing comes to be held here, and no notice could be sent.
  if (settings.nextHop !== null && settings.noticeMode !== 'off' && tellsNobody(settings))
    start.log.warn('nobody is told of held mail: name an administrator with noticeTo');
  opened.use(sweepInBackground({ quarantine, settings, review, notices, events, now }));
  const console = opened.use(
    await startConsole({
      settings,
      version: start.version,
      sources: {
        review,
        quarantine,
        baselines,
        rules,
        policyInForce: start.policyInForce,
        candidate: start.candidate,
        pseudonym,
        auditHeads: audited.heads,
      },
      audit,
      requests: notices.requests,
      status: start.status,
      readiness: start.readiness,
      events,
      now,
    }),
  );
  const owned = opened.move();
  return {
    standing,
    remember,
    quarantine: notices.watching(quarantine),
    handle: console.handle,
    console: console.address,
    links: notices.publicAddress,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The desk of a process that only takes mail: nobody is served, and others send the notices that it writes down. */
export async function startDeskOfMail(start: ReviewsStart): Promise<AsyncDisposable & DeskOfMail> {
  await using opened = new AsyncDisposableStack();
  const { reviews, notices } = await openReviews(start, { sends: false }, opened);
  const owned = opened.move();
  return {
    standing: reviews.standing,
    remember: reviews.remember,
    quarantine: notices.watching(start.quarantine),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function openReviews(
  start: ReviewsStart,
  { sends }: { readonly sends: boolean },
  opened: AsyncDisposableStack,
): Promise<{ readonly reviews: RunningReviews; readonly notices: Notices }> {
  const { settings, quarantine, audited, rules, events, now } = start;
  const { audit } = audited;
  // Notices release by the review, and the review tells people by notices.
  const told: { current: Notices | null } = { current: null };
  const reviews = opened.use(
    await startReviews({
      ...start,
      audit,
      onAct: (act, undone) => told.current?.onAct(act, undone),
      notices: () => told.current?.attacks ?? null,
    }),
  );
  const notices = opened.use(
    await startNotices({
      settings,
      languages: rules().notices,
      quarantine,
      expiryAction: settings.quarantineExpiry,
      deliver: start.deliver,
      review: reviews.review,
      audit,
      events,
      now,
      sends,
    }),
  );
  told.current = notices;
  return { reviews, notices };
}

/** Why held mail must not be deleted when it expires, or null. */
export function tellsNobodyOfExpiry(
  settings: Pick<Settings, 'quarantineExpiry' | 'noticeMode' | 'noticeTo' | 'noticeRecipients'>,
): string | null {
  return settings.quarantineExpiry === 'delete' &&
    (settings.noticeMode === 'off' || tellsNobody(settings))
    ? 'quarantineExpiry: delete would let mail go without anybody being told: name an administrator with noticeTo'
    : null;
}

function tellsNobody({
  noticeTo,
  noticeRecipients,
}: Pick<Settings, 'noticeTo' | 'noticeRecipients'>): boolean {
  return noticeTo.length === 0 && noticeRecipients === 'none';
}
