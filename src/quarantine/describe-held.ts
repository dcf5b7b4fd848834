import type { Analysis } from '../analysis.ts';
import type { Transaction } from '../smtp/transaction.ts';
import type { HeldMessage } from './quarantine.ts';

const maxShown = 300;

/** What a person will see of a message we hold, and what its release will need. */
export function describeHeld(
  { id, receivedAt, connection, envelope, content }: Transaction,
  analysis: Analysis,
  ruleset: string,
): HeldMessage {
  const { header, decision, score, alias, releaseLesson } = analysis;
  return {
    id,
    heldAt: receivedAt.toISOString(),
    alias: alias ?? '',
    verdict: decision.verdict,
    scoreBits: score?.bits ?? 0,
    reason: decision.reason,
    cause: score?.cause.id ?? '',
    campaign: decision.campaign ?? '',
    ruleset,
    messageId: header.messageId,
    from: printable(header.from.map(({ address }) => address).join(', ')),
    subject: printable(header.subject),
    sizeBytes: content.sizeBytes,
    connection,
    envelope,
    lesson: releaseLesson,
    deliveries: [],
  };
}

function printable(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').slice(0, maxShown);
}
