import type { AuthenticationResults } from '../authentication/results.ts';
import type { Decision } from '../decision/decision.ts';
import type { Mode } from '../decision/policy.ts';
import type { Score } from '../score/score.ts';
import type { Connection, Transaction } from '../smtp/transaction.ts';
import { encodeWords } from './encoded-words.ts';

/** Encoded words allow 76 columns (RFC 2047 §2), all else 78 (RFC 5322 §2.1.1); the smaller serves both. */
const maxLineColumns = 76;
/** Words without spaces; a longer one is cut, to stay below the 998 columns of RFC 5322 §2.1.1. */
const words = /\S{1,900}/g;
const maxFieldCharacters = 16_384;
const maxResinfoCharacters = 4096;
/** UTF-16 units; even if each takes three encoded bytes, the field stays within its limit. */
const maxReasonCharacters = 1000;

type TraceFacts = {
  readonly transaction: Transaction;
  /** Name of this host in `by`. */
  readonly hostname: string;
  readonly authservId: string;
  readonly authentication: AuthenticationResults;
};

type VerdictFacts = {
  readonly decision: Decision;
  /** Alias id, or null. */
  readonly alias: string | null;
  readonly score: Score | null;
  readonly ruleset: string;
  readonly id: string;
  readonly mode: Mode;
  /** Whether the baseline is established. */
  readonly mature: boolean;
};

/** `Authentication-Results` above the `Received` of the hop that found them (RFC 8601 §4.1), in this order. */
export function traceFields(facts: TraceFacts): string[] {
  return [authenticationResults(facts), received(facts)];
}

/** RFC 5321 §4.4. */
function received({ transaction, hostname }: TraceFacts): string {
  const { envelope, id, receivedAt } = transaction;
  // Who gave us the mail, also where the client that is judged is one before it.
  const connection = transaction.connection.relay ?? transaction.connection;
  const [recipient, ...others] = envelope.rcptTo;
  // Of several recipients none is named: that would disclose a blind copy (RFC 5321 §7.2).
  const named = recipient !== undefined && others.length === 0 && isPlainAddress(recipient);
  return [
    `Received: from ${domain(connection.helo)} (${clientInfo(connection)})`,
    `by ${domain(hostname)} with ${protocol(transaction)} id ${token(id)}`,
    ...(named ? [`for <${recipient}>`] : []),
  ]
    .join(' ')
    .concat(`; ${mailDate(receivedAt)}`);
}

/** `TCP-info` of RFC 5321 §4.4: what we saw, as opposed to what HELO claims. */
function clientInfo({ clientAddress, clientHostname }: Connection): string {
  const address = clientAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/[^0-9a-fA-F.:]/g, '');
  const literal = address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
  return clientHostname === null ? literal : `${domain(clientHostname)} ${literal}`;
}

/** RFC 6531 §4.3 has its own keywords for a transaction with SMTPUTF8. */
function protocol({ connection, envelope }: Transaction): string {
  const isInternational = /(?:^| )SMTPUTF8(?:$| )/i.test(envelope.mailParameters);
  return isInternational ? connection.protocol.replace('ESMTP', 'UTF8SMTP') : connection.protocol;
}

/** RFC 8601 §2.2. */
export function authenticationResults({
  authservId,
  authentication,
}: Pick<TraceFacts, 'authservId' | 'authentication'>): string {
  const { spf, dmarc, arc, resinfo } = authentication;
  const id = /^[\w.-]+$/.test(authservId) ? authservId : `"${authservId.replace(/["\\]/g, '')}"`;
  const body =
    resinfo.length <= maxResinfoCharacters
      ? resinfo
      : // Cutting the text would drop the very result (dmarc=fail) that a message with 200 signatures wants dropped.
        `spf=${spf.result} smtp.mailfrom=${domain(spf.domain)}; dmarc=${dmarc.result} header.from=${domain(dmarc.domain)}; arc=${arc.result}`;
  return `Authentication-Results: ${id}; ${body}`;
}

/**
 * `X-Aliaswatch-Verdict` and, unless the mail is clean or the mode is `shadow`, `X-Aliaswatch-Reason`; nothing for
 * unwatched mail. `action` is what the mode did.
 */
export function verdictFields(facts: VerdictFacts): string[] {
  const { verdict, reason } = facts.decision;
  if (verdict === 'unwatched') return [];
  const isExplained = reason !== '' && verdict !== 'clean' && facts.mode !== 'shadow';
  return [
    verdictField(facts),
    ...(isExplained ? [`X-Aliaswatch-Reason: ${encodeWords(cut(reason))}`] : []),
  ];
}

function verdictField({ decision, alias, score, ruleset, id, mode, mature }: VerdictFacts): string {
  return [
    `X-Aliaswatch-Verdict: ${decision.verdict}`,
    ...(decision.failure === null ? [] : [`cause=${decision.failure}`]),
    `action=${decision.effectiveAction}`,
    ...(mode === 'shadow' ? [`would=${decision.action}`, 'mode=shadow'] : []),
    ...(score === null ? [] : [`score=${oneDecimal(score.bits)}`]),
    ...(alias === null ? [] : [`alias=${token(alias)}`]),
    ...(score === null ? [] : [`n=${score.messages}`, `mature=${mature ? 'yes' : 'no'}`]),
    ...(decision.limit === null ? [] : [`limit=${decision.limit}`]),
    ...(decision.campaign === null ? [] : [`campaign=${token(decision.campaign)}`]),
    ...(decision.breakerOpen ? ['breaker=open'] : []),
    `ruleset=${token(ruleset)}`,
    `id=${token(id)}`,
  ].join('; ');
}

/**
 * The fields as bytes, each folded and ended by CRLF. Whatever a field contains, it stays one field: everything but
 * printable ASCII is replaced here, once, for all builders.
 */
export function renderFields(fields: readonly string[]): Buffer {
  const folded = fields.map(fold).filter((field) => field !== ''); // an empty line would end the header block
  return Buffer.from(folded.map((field) => `${field}\r\n`).join(''));
}

function fold(field: string): string {
  const text = field.slice(0, maxFieldCharacters).replace(/[^\s!-~]/g, '?');
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(words) ?? []) {
    if (line !== '' && line.length + 1 + word.length > maxLineColumns) {
      lines.push(line);
      line = '';
    }
    line += line === '' && lines.length === 0 ? word : ` ${word}`;
  }
  return [...lines, line].join('\r\n');
}

/** A name from the client; anything that is no domain or address literal could close the comment or forge a clause. */
function domain(name: string): string {
  return name.slice(0, 255).replace(/[^\w.:[\]-]/g, '?') || 'unknown';
}

function token(value: string): string {
  return value.slice(0, 128).replace(/[^\w.-]/g, '?');
}

/** `for` is optional: an address that would need quoting or UTF-8 is left out. */
function isPlainAddress(address: string): boolean {
  return address.length <= 320 && /^[!-;=?-~]+$/.test(address);
}

/** RFC 5322 §3.3, in UTC. */
export function mailDate(time: Date): string {
  return time.toUTCString().replace('GMT', '+0000');
}

function cut(text: string): string {
  return text.length <= maxReasonCharacters ? text : `${text.slice(0, maxReasonCharacters)}…`;
}

/** No negative zero. */
function oneDecimal(value: number): string {
  return (Math.round(value * 10) / 10 + 0).toFixed(1);
}
