import { isPositive, type Reply } from './reply.ts';

/**
 * The one reply to an SMTP client for the replies of an LMTP next hop, one per recipient (RFC 2033 §4.2).
 *
 * The client takes the reply for all recipients. So 2yz only when every recipient has the message: after it nobody
 * would try again for the others or tell the sender. With any 4yz the answer is that 4yz: the client sends to all
 * again, which repeats the message to those who have it but loses nothing. When what failed failed for good the answer
 * is that 5yz: to repeat would not help, and the sender gets a bounce instead of silence, though some have the message.
 */
export function lmtpOutcome(replies: readonly Reply[]): Reply | null {
  const failed = replies.filter((candidate) => !isPositive(candidate));
  const decisive = failed.find(({ code }) => code < 500) ?? failed[0] ?? replies[0] ?? null;
  if (decisive === null || failed.length === 0 || failed.length === replies.length) return decisive;
  const served = replies.length - failed.length;
  return {
    ...decisive,
    lines: [...decisive.lines, `${served} of ${replies.length} recipients have the message`],
  };
}
