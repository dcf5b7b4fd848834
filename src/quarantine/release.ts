import { mailDate, renderFields } from '../action/header-fields.ts';
import { replaceHead } from '../action/replace-head.ts';
import type { Commit } from '../baseline/store.ts';
import type { Content } from '../smtp/content.ts';
import { isPositive, replyText } from '../smtp/reply.ts';
import type { Reply } from '../smtp/reply.ts';
import type { Envelope } from '../smtp/transaction.ts';
import { isDeliveredToAll } from './held-states.ts';
import { QuarantineError } from './quarantine-error.ts';
import type { HeldMessage, Quarantine } from './quarantine.ts';

export type ReleaseRequest = {
  /** Which of the envelope's recipients; all of them when absent. */
  readonly recipients?: readonly string[];
  /** Sends to the one recipient of the envelope and returns the next hop's last reply; never throws. */
  readonly deliver: (envelope: Envelope, content: Content) => Promise<Reply>;
  readonly now: Date;
};

export type RecipientOutcome = {
  readonly recipient: string;
  /** `refused` stays held and may be tried again; `not-in-envelope` was never sent to. */
  readonly outcome: 'delivered' | 'already-delivered' | 'refused' | 'not-in-envelope';
  /** Last reply of the next hop, or null. */
  readonly reply: string | null;
};

export type ReleaseOutcome = {
  readonly id: string;
  readonly recipients: readonly RecipientOutcome[];
  /** Whether every recipient of the envelope has the message now. */
  readonly allDelivered: boolean;
  /** What may be learned, for the caller to commit; null until all is delivered. */
  readonly lesson: Commit | null;
};

/**
 * Sends a held message on, as it was kept but for one field on top, without scoring it again. Each reply is on disk
 * before the next recipient is tried, so whatever happens in between, a second call sends only what is still missing.
 *
 * @throws QuarantineError when there is no such message or its state cannot be written.
 */
export function releaseHeld(
  quarantine: Quarantine,
  id: string,
  request: ReleaseRequest,
): Promise<ReleaseOutcome> {
  return quarantine.exclusively(id, () => release(quarantine, id, request));
}

async function release(
  quarantine: Quarantine,
  id: string,
  request: ReleaseRequest,
): Promise<ReleaseOutcome> {
  let held = await quarantine.find(id);
  if (held === null) throw new QuarantineError('missing', `no held message ${id}`);
  if (held.state === 'deleted')
    throw new QuarantineError('deleted', `message ${id} is in the bin: restore it first`);
  const released = `X-Aliaswatch-Released: ${mailDate(request.now)}; id=${id}`;
  const content = replaceHead(await quarantine.read(id), 0, renderFields([released]));

  const outcomes: RecipientOutcome[] = [];
  for (const recipient of new Set(request.recipients ?? held.envelope.rcptTo)) {
    const envelope = envelopeFor(held.envelope, recipient);
    const earlier = held.deliveries.find((delivery) => delivery.recipient === recipient);
    if (envelope === null) {
      outcomes.push({ recipient, outcome: 'not-in-envelope', reply: null });
    } else if (earlier?.delivered) {
      outcomes.push({ recipient, outcome: 'already-delivered', reply: earlier.reply });
    } else {
      const reply = await request.deliver(envelope, content);
      held = withDelivery(held, {
        recipient,
        at: request.now.toISOString(),
        reply: replyText(reply),
        delivered: isPositive(reply),
      });
      await quarantine.update(held);
      outcomes.push({
        recipient,
        outcome: isPositive(reply) ? 'delivered' : 'refused',
        reply: replyText(reply),
      });
    }
  }
  const allDelivered = isDeliveredToAll(held);
  return { id, recipients: outcomes, allDelivered, lesson: allDelivered ? held.lesson : null };
}

function envelopeFor(
  { mailFrom, rcptTo, mailParameters, rcptParameters }: Envelope,
  recipient: string,
): Envelope | null {
  const index = rcptTo.indexOf(recipient);
  if (index < 0) return null;
  return {
    mailFrom,
    rcptTo: [recipient],
    mailParameters,
    rcptParameters: [rcptParameters[index] ?? ''],
  };
}

/** The last reply per recipient is kept, so that retries cannot make a description grow. */
function withDelivery(held: HeldMessage, delivery: HeldMessage['deliveries'][number]): HeldMessage {
  const others = held.deliveries.filter(({ recipient }) => recipient !== delivery.recipient);
  const next: HeldMessage = { ...held, deliveries: [...others, delivery] };
  return isDeliveredToAll(next) ? { ...next, state: 'released', closedAt: delivery.at } : next;
}
