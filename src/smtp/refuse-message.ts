import type { Content } from './content.ts';
import type { DataFault } from './data-receiver.ts';
import type { LimitReason, SmtpLimits } from './limits.ts';
import type { Reception } from './received-content.ts';
import { reply, type Reply } from './reply.ts';
import { SpoolFull } from './spool.ts';

/** `reason` is null where it is no limit that was passed. */
export type Refusal = { readonly reply: Reply; readonly reason: LimitReason | null };

export type MessageLimits = Pick<
  SmtpLimits,
  'maxHeaderBytes' | 'maxReceivedFields' | 'maxOwnHops'
> & {
  /** By which we know our own Received fields. */
  readonly hostname: string;
};

const faults: Readonly<Record<DataFault, Refusal>> = {
  'bare-line-ending': {
    reply: reply(550, '5.6.11', 'Bare CR or LF in the message (RFC 5321 section 2.3.8)'),
    reason: null,
  },
  nul: { reply: reply(550, '5.6.11', 'NUL in the message'), reason: null },
  'too-large': {
    reply: reply(552, '5.3.4', 'Message exceeds the size limit'),
    reason: 'message-size',
  },
};

/** Why what was received is not taken, or null; null also for a message that was interrupted: nobody is there to hear why. */
export async function refuseReception(
  reception: Reception,
  fault: DataFault | null,
  limits: MessageLimits,
): Promise<Refusal | null> {
  switch (reception.kind) {
    case 'interrupted':
      return null;
    case 'not-kept':
      // RFC 5321 §4.2.3: insufficient system storage.
      return {
        reply: reply(452, '4.3.1', 'Insufficient storage, try again later'),
        reason: reception.cause instanceof SpoolFull ? 'spool-full' : 'spool-failed',
      };
    case 'received':
      return refuseMessage(fault, reception.content, limits);
  }
}

async function refuseMessage(
  fault: DataFault | null,
  content: Content,
  limits: MessageLimits,
): Promise<Refusal | null> {
  if (fault !== null) return faults[fault];
  const { maxHeaderBytes, maxReceivedFields, maxOwnHops, hostname } = limits;
  const prefix = await content.prefix(maxHeaderBytes + 1);
  const header = headerSection(prefix);
  if (header.length > maxHeaderBytes)
    return {
      reply: reply(552, '5.3.4', `Header section exceeds the limit of ${maxHeaderBytes} bytes`),
      reason: 'header-size',
    };
  const received = receivedFields(header);
  const own = received.filter((field) => isOurs(field, hostname)).length;
  if (received.length > maxReceivedFields)
    return { reply: reply(554, '5.4.6', 'Too many hops'), reason: 'hops' };
  if (own >= maxOwnHops)
    return {
      reply: reply(554, '5.4.6', `Mail loop: has been here ${own} times`),
      reason: 'own-hops',
    };
  return null;
}

const field = /^(?:[!-9;-~]+[ \t]*:|[ \t])/;
/** The same of a line whose end was not read; RFC 5322 §2.1.1 bounds what can be a name. */
const beginsLikeField = /^(?:[!-9;-~]{0,998}[ \t]*(?::|$)|[ \t])/;

/** Up to the empty line, or to the first line that is no header field: there a body begins that has no empty line. */
function headerSection(message: Buffer): Buffer {
  let at = 0;
  while (at < message.length) {
    const end = message.indexOf('\r\n', at);
    const line = message.toString('latin1', at, end === -1 ? message.length : end);
    const isField = end === -1 ? beginsLikeField.test(line) : field.test(line);
    if (!isField) return message.subarray(0, at);
    if (end === -1) break;
    at = end + 2;
  }
  return message;
}

/** The `Received` fields of a header section, unfolded. */
function receivedFields(header: Buffer): string[] {
  return header
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .filter((field) => /^received[ \t]*:/i.test(field))
    .map((field) => field.replaceAll('\r\n', ''));
}

/** Written by `traceFields`: our name, and an id in the form of ours. */
function isOurs(field: string, hostname: string): boolean {
  const [, by = ''] = /\sby\s+(\S+)\s+with\s+\S+\s+id\s+[0-9a-z]{20}(?![0-9a-z])/.exec(field) ?? [];
  return by.toLowerCase() === hostname.toLowerCase();
}
