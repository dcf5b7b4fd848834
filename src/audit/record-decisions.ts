import { heldOnlyUnder } from '../decision/only-under.ts';
import type { CompletedTransaction, Events } from '../observability/events.ts';
import type { AuditLog, AuditRecord } from './audit-log.ts';

const mostRecipients = 100;
const mostTerms = 12;

export type RecordingOptions = {
  /** Name of this proxy. */
  readonly host: string;
  /** A record could not be written; mail has gone on. */
  readonly onLost: (act: AuditRecord['act'], error: unknown) => void;
};

/**
 * The same events, with a record of every decision above `pass`, of what was held, and of the breaker. Beside the
 * message path: nothing waits for the disk, and what cannot be recorded is counted.
 */
export function recordDecisions(
  events: Events,
  audit: AuditLog,
  { host, onLost }: RecordingOptions,
): Events {
  const record = (what: Omit<AuditRecord, 'actor'>) => {
    const actor = { kind: 'proxy', name: host, via: 'message' } as const;
    void audit.append({ ...what, actor }).catch((error: unknown) => onLost(what.act, error));
  };
  return {
    ...events,
    transactionCompleted: (completed) => {
      events.transactionCompleted(completed);
      const { action, effectiveAction } = completed.decision;
      if (action !== 'pass' || effectiveAction !== 'pass') record(decisionRecord(completed));
    },
    messageHeld: (id, alias, sizeBytes) => {
      events.messageHeld(id, alias, sizeBytes);
      record({ act: 'held', subject: id, reason: '', facts: { alias, sizeBytes }, personal: {} });
    },
    breakerOpened: (opening) => {
      events.breakerOpened(opening);
      const { cause, reason } = opening;
      record({ act: 'breaker-opened', subject: '', reason, facts: { cause }, personal: {} });
    },
    breakerClosed: (cause) => {
      events.breakerClosed(cause);
      record({ act: 'breaker-closed', subject: '', reason: '', facts: { cause }, personal: {} });
    },
  };
}

/** What a score was made of, without what the message showed, which may name somebody. */
function decisionRecord(completed: CompletedTransaction): Omit<AuditRecord, 'actor'> {
  const { transaction, header, alias, score, decision, reply, ruleset } = completed;
  const { envelope, connection } = transaction;
  const terms = (score?.terms ?? []).slice(0, mostTerms);
  const { verdict, action, effectiveAction, campaign, isCopy, limit } = decision;
  return {
    act: 'decision',
    subject: transaction.id,
    reason: `${verdict}: ${action}${terms.length === 0 ? '' : ` (${terms.map(({ signal, bits }) => `${signal} ${bits.toFixed(1)}`).join(', ')})`}`,
    facts: {
      verdict,
      action,
      effectiveAction,
      ...(transaction.queueId === undefined ? {} : { queueId: transaction.queueId }),
      alias,
      bits: score === null ? null : Math.round(score.bits * 100) / 100,
      cause: score?.cause.id ?? null,
      campaign,
      isCopy,
      limit,
      ruleset,
      heldOnlyUnder: heldOnlyUnder(decision),
      recipients: envelope.rcptTo.length,
      sizeBytes: transaction.content.sizeBytes,
      replyCode: reply.code,
    },
    personal: {
      from: header.from.map(({ address }) => address).join(', '),
      subjectField: header.subject,
      messageId: header.messageId,
      mailFrom: envelope.mailFrom,
      clientAddress: connection.clientAddress,
      why: decision.reason,
      reply: reply.lines.join(' '),
      ...Object.fromEntries(
        terms.map(({ signal, bits, observed, baseline }, index) => [
          `term${index + 1}`,
          `${bits.toFixed(1)} ${signal}: ${observed}; ${baseline}`,
        ]),
      ),
      ...Object.fromEntries(
        envelope.rcptTo
          .slice(0, mostRecipients)
          .map((recipient, index) => [`recipient${index + 1}`, recipient]),
      ),
    },
  };
}
