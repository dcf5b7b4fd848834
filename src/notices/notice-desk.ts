import { mkdir } from 'node:fs/promises';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import type { HeldMessage, Quarantine } from '../quarantine/quarantine.ts';
import type { AttackNotices } from '../review/notify-campaign.ts';
import type { Content } from '../smtp/content.ts';
import type { Reply } from '../smtp/reply.ts';
import type { Envelope } from '../smtp/transaction.ts';
import { addresseesOf } from './addressees.ts';
import { createAttackNotices } from './attack-notices.ts';
import { chooseTexts, type TextsFor } from './choose-texts.ts';
import { nextDigest, type DigestTimes } from './digest-time.ts';
import { gatherNotice } from './gather-notice.ts';
import { loadLinkKeys } from './links/link-keys.ts';
import {
  createRequests,
  createUsedLinks,
  type ReleaseRequests,
  type UsedLinks,
} from './links/recipient-requests.ts';
import type { Notice } from './notice.ts';
import type { NoticeLanguages } from './notice-texts.ts';
import { gatherMs } from './notice-times.ts';
import { noticesPath, openNoticesFile } from './notices-file.ts';
import { createOutbox, type Outbox, type PendingNotice } from './outbox.ts';
import { sendDueNotices, type NoticeOutcome } from './send-notices.ts';

export type NoticeSettings = Pick<
  Settings,
  | 'stateDir'
  | 'hostname'
  | 'contactUrl'
  | 'noticeMode'
  | 'noticeTo'
  | 'noticeRecipients'
  | 'noticeFrom'
  | 'noticeLanguage'
  | 'digestHour'
  | 'digestEveryHours'
  | 'publicUrl'
  | 'recipientRelease'
  | 'noticeLinkDays'
>;

export type NoticeDeskOptions = {
  readonly settings: NoticeSettings;
  readonly languages: NoticeLanguages;
  readonly quarantine: Pick<Quarantine, 'find'>;
  /** What becomes of mail whose time is over. */
  readonly expiryAction: NonNullable<Notice['expiry']>['action'];
  /** Sends to the one recipient and returns the next hop's last reply; never throws. */
  readonly deliver: (envelope: Envelope, content: Content) => Promise<Reply>;
  readonly onOutcome: (outcome: NoticeOutcome) => void;
  readonly now: () => Date;
};

/** Everything about notices in one state directory, for `serve` and for commands alike. */
export type NoticeDesk = AsyncDisposable & {
  readonly outbox: Outbox;
  readonly requests: ReleaseRequests;
  readonly used: UsedLinks;
  readonly textsFor: TextsFor;
  /** Somebody has to be told of this message; on disk when it returns. Nothing where notices are off. */
  readonly tellOfHeld: (message: Pick<HeldMessage, 'id' | 'campaign' | 'envelope'>) => void;
  /** The message was not held after all. Never throws: it would be found out when the notice is composed. */
  readonly takeBack: (id: string) => void;
  readonly tellOfExpiry: (message: Pick<HeldMessage, 'id' | 'campaign' | 'envelope'>) => void;
  /** Mail that was delivered turned out to be an attack: its recipients are told, or the administrators. */
  readonly attacks: AttackNotices;
  /** Sends what is due; `all` also what has time. */
  readonly send: (which: 'due' | 'all', signal: AbortSignal) => Promise<void>;
};

/**
 * Opens the notices of a state directory.
 * @throws Error in one sentence when their file cannot be used, or a language has no texts.
 */
export async function openNoticeDesk(options: NoticeDeskOptions): Promise<NoticeDesk> {
  const { settings, languages, now } = options;
  const textsFor = chooseTexts(languages, settings.noticeLanguage);
  await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  const database = openNoticesFile(noticesPath(settings.stateDir));
  const outbox = createOutbox(database);
  const requests = createRequests(database);
  const isOff = settings.noticeMode === 'off';
  return {
    outbox,
    requests,
    used: createUsedLinks(database),
    textsFor,
    tellOfHeld: ({ id, campaign, envelope }) => {
      if (isOff) return;
      const at = now();
      const digest = settings.noticeMode === 'digest' ? { due: dueInDigest(at, settings) } : {};
      const to = addresseesOf(envelope.rcptTo, settings);
      outbox.add({ kind: 'held', message: id, campaign, to, ...digest }, at);
    },
    takeBack: (id) => {
      try {
        outbox.forget(id);
      } catch {
        // On a full disk nothing can be taken back either.
      }
    },
    tellOfExpiry: ({ id, campaign, envelope }) => {
      if (isOff) return;
      const to = addresseesOf(envelope.rcptTo, settings);
      outbox.add({ kind: 'expiring', message: id, campaign, to }, now());
    },
    attacks: createAttackNotices({
      settings,
      outbox,
      textsFor,
      gather: async (pending, at) =>
        gatherNotice(pending, {
          ...options,
          requests,
          keys: await loadLinkKeys(settings.stateDir),
          now: at,
        }),
      now,
    }),
    send: (which, signal) => send(which, signal, { ...options, outbox, requests, textsFor }),
    [Symbol.asyncDispose]: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

/** The next digest; it waits as well until the message, which is told of before it is held, is held. */
function dueInDigest(at: Date, times: DigestTimes): Date {
  return new Date(Math.max(nextDigest(at, times).getTime(), at.getTime() + gatherMs));
}

async function send(
  which: 'due' | 'all',
  signal: AbortSignal,
  deps: NoticeDeskOptions & Pick<NoticeDesk, 'outbox' | 'requests' | 'textsFor'>,
): Promise<void> {
  const { outbox, settings, now } = deps;
  for (let goesOn = true; goesOn;) {
    // Each time: a key may have been rotated by a command.
    const keys = await loadLinkKeys(settings.stateDir);
    while (outbox.plan(now(), which)) await yieldToOthers();
    const gather = (pending: PendingNotice, at: Date) =>
      gatherNotice(pending, { ...deps, keys, now: at });
    goesOn = await sendDueNotices({ ...deps, gather }, signal);
  }
}
