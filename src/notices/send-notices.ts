import type { Content } from '../smtp/content.ts';
import { memoryContent } from '../smtp/content.ts';
import { isPositive, replyText, type Reply } from '../smtp/reply.ts';
import type { Envelope } from '../smtp/transaction.ts';
import type { TextsFor } from './choose-texts.ts';
import { composeNotice } from './compose-notice.ts';
import type { Notice, NoticeKind } from './notice.ts';
import {
  isWorthAnotherTry,
  type Outbox,
  type PendingNotice,
  type SendingOutcome,
} from './outbox.ts';

export type Sending = {
  readonly outbox: Outbox;
  /** What the notice says now, or null where nothing is left to say. */
  readonly gather: (pending: PendingNotice, now: Date) => Promise<Notice | null>;
  readonly textsFor: TextsFor;
  /** Sends to the one recipient and returns the next hop's last reply; never throws. */
  readonly deliver: (envelope: Envelope, content: Content) => Promise<Reply>;
  /** Every notice that was tried; `again` is a try that will be repeated. */
  readonly onOutcome: (outcome: NoticeOutcome) => void;
  readonly now: () => Date;
};

export type NoticeOutcome = {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly outcome: SendingOutcome;
  readonly messages: number;
  readonly reply: string;
  readonly recipient: string;
};

/** A next hop that takes none of so many is left alone until the next round. */
const maxRefusalsInARow = 3;
/** What has fallen due meanwhile is looked at in between. */
const maxPerRound = 500;

/**
 * Sends what is due, one after the other. Ends early when the next hop is down or `signal` says so, and after so many
 * that others should be looked at: true where it may go on at once.
 */
export async function sendDueNotices(sending: Sending, signal: AbortSignal): Promise<boolean> {
  let inARow = 0;
  for (let sent = 0; sent < maxPerRound && !signal.aborted; sent++) {
    const pending = sending.outbox.claim(sending.now());
    if (pending === null) return false;
    const { outcome, reply } = await tryToSend(pending, sending);
    sending.outbox.finish(pending.id, outcome, reply, sending.now());
    const { id, kind, to, messages } = pending;
    const recipient = to.address;
    sending.onOutcome({ id, kind, outcome, messages: messages.length, reply, recipient });
    inARow = outcome === 'again' ? inARow + 1 : 0;
    if (inARow >= maxRefusalsInARow) return false;
  }
  return !signal.aborted;
}

async function tryToSend(
  pending: PendingNotice,
  { gather, textsFor, deliver, now }: Sending,
): Promise<{ readonly outcome: SendingOutcome; readonly reply: string }> {
  const { to, createdAt } = pending;
  const later = isWorthAnotherTry(createdAt, now()) ? 'again' : 'expired';
  let reply: Reply;
  try {
    const notice = await gather(pending, now());
    if (notice === null) return { outcome: 'settled', reply: '' };
    const { texts, language } = textsFor(to.address);
    const message = await composeNotice(notice, texts, language);
    reply = await deliver(envelopeTo(to.address), memoryContent(message));
  } catch (error) {
    // The quarantine cannot be read just now, or a mistake of ours: the notice stays due, and the log says why.
    return { outcome: later, reply: error instanceof Error ? error.message : String(error) };
  }
  if (isPositive(reply)) return { outcome: 'sent', reply: replyText(reply) };
  return { outcome: reply.code >= 500 ? 'refused' : later, reply: replyText(reply) };
}

/** From nobody, so that nothing bounces (RFC 5321 §6.1). */
function envelopeTo(address: string): Envelope {
  const isInternational = /[^\0-\x7f]/.test(address);
  return {
    mailFrom: '',
    rcptTo: [address],
    mailParameters: isInternational ? 'SMTPUTF8' : '',
    rcptParameters: [''],
  };
}
