import type { AuthenticationResults, ResultWord } from '../authentication/results.ts';
import type { OnlyUnder } from '../decision/decision.ts';
import type { Score } from '../score/score.ts';
import { queueIdIn } from '../smtp/queue-id.ts';
import { replyText, type Reply } from '../smtp/reply.ts';
import type { CompletedTransaction } from './events.ts';

const maxCharacters = 320;

/** The log line of one transaction: facts and numbers, never text of the message or a recipient's address. */
export function transactionLine(completed: CompletedTransaction) {
  const { transaction, header, decision, score, ruleset, alias } = completed;
  const { id, connection, envelope, content } = transaction;
  const { queueId = queueIdIn(replyText(completed.reply)) } = transaction;
  return {
    id,
    ...(queueId === '' ? {} : { queueId: cut(queueId) }),
    client: connection.clientAddress,
    ...(connection.relay === undefined ? {} : { relay: connection.relay.clientAddress }),
    mailFrom: cut(envelope.mailFrom),
    recipients: envelope.rcptTo.length,
    from: cut(header.from.map(({ address }) => address).join(', ')),
    messageId: cut(header.messageId),
    sizeBytes: content.sizeBytes,
    ...authenticationWords(completed.authentication),
    alias,
    verdict: decision.verdict,
    action: decision.action,
    effectiveAction: decision.effectiveAction,
    ...(decision.conditions.length === 0 ? {} : { conditions: decision.conditions }),
    ...(decision.limit === null ? {} : { limit: decision.limit }),
    ...(decision.campaign === null ? {} : { campaign: decision.campaign }),
    ...(decision.breakerOpen ? { breaker: 'open' } : {}),
    ...(decision.onlyUnder === null ? {} : { onlyUnder: onlyUnderWord(decision.onlyUnder) }),
    ...(decision.failure === null ? {} : { failure: decision.failure }),
    ...(score === null ? {} : scoreFacts(score)),
    reply: cut(withoutRecipients(completed.reply, envelope.rcptTo)),
    ruleset,
  };
}

export function authenticationWords({ spf, dkim, dmarc, arc }: AuthenticationResults) {
  return {
    spf: spf.result,
    dkim: bestWord(dkim.map(({ result }) => result)),
    dmarc: dmarc.result,
    arc: arc.result,
  };
}

/** What the rules before those in force would not have done. */
function onlyUnderWord({ isHeldOnly }: OnlyUnder): 'held' | 'flagged' {
  return isHeldOnly ? 'held' : 'flagged';
}

/** One passing signature is what counts, however many fail beside it (RFC 6376 §6.1). */
function bestWord(words: readonly ResultWord[]): ResultWord {
  return words.find((word) => word === 'pass') ?? words[0] ?? 'none';
}

function scoreFacts({ bits, pValue, cause, messages, terms }: Score) {
  return {
    scoreBits: rounded(bits),
    pValue,
    cause: cause.id,
    n: messages,
    terms: Object.fromEntries(terms.map((term) => [term.signal, rounded(term.bits)])),
  };
}

/** A next hop may name those it delivered to, or would not: LMTP always does. */
function withoutRecipients(answer: Reply, recipients: readonly string[]): string {
  const text = replyText(answer);
  if (!text.includes('@')) return text;
  const [, ...addresses] = text.split(/([^\s<>"(),;:]+@[^\s<>"(),;:]+)/);
  const known = new Set(recipients.map((address) => address.toLowerCase()));
  return addresses.reduce(
    (clean, part) => (known.has(part.toLowerCase()) ? clean.replace(part, 'recipient') : clean),
    text,
  );
}

function rounded(bits: number): number {
  return Math.round(bits * 100) / 100;
}

function cut(text: string): string {
  return text.slice(0, maxCharacters);
}
