import type { Content } from './content.ts';
import type { DataFault } from './data-receiver.ts';
import { reply, type Reply } from './reply.ts';

/** RFC 5321 §6.3: "normally at least 100". */
const maxReceivedFields = 100;
/** How much of a message is searched for them; a hundred fit in easily. */
const hopCountPrefixBytes = 1_048_576;

const faultReplies: Readonly<Record<DataFault, Reply>> = {
  'bare-line-ending': reply(550, '5.6.11', 'Bare CR or LF in the message (RFC 5321 section 2.3.8)'),
  nul: reply(550, '5.6.11', 'NUL in the message'),
  'too-large': reply(552, '5.3.4', 'Message exceeds the size limit'),
};

/** Why a message that was received in full is not taken, or null. */
export async function refuseMessage(
  fault: DataFault | null,
  content: Content,
): Promise<Reply | null> {
  if (fault !== null) return faultReplies[fault];
  const hops = countReceivedFields(await content.prefix(hopCountPrefixBytes));
  return hops > maxReceivedFields ? reply(554, '5.4.6', 'Too many hops') : null;
}

/** `Received` fields of the header section at the start of `message`. */
export function countReceivedFields(message: Buffer): number {
  let count = 0;
  let at = 0;
  while (at < message.length) {
    const end = message.indexOf('\r\n', at);
    if (end === at) break;
    if (/^received[ \t]*:/i.test(message.toString('latin1', at, at + 24))) count++;
    if (end === -1) break;
    at = end + 2;
  }
  return count;
}
