import type { Content } from './content.ts';
import type { Reply } from './reply.ts';

/**
 * The open transaction at the next hop that mirrors the client's MAIL and RCPT. Exactly one of its methods is
 * called, once, after the decision.
 */
export type NextHopTransaction = {
  /**
   * DATA, `prefix` (our header fields, CRLF-terminated), then the content. Returns the next hop's final reply; a
   * connection that is refused, lost or silent becomes a 451 4.4.x reply, never a throw.
   */
  deliver(prefix: Buffer, content: Content): Promise<Reply>;
  /** RSET: the next hop forgets the transaction (held, deferred or refused mail). Never throws. */
  abandon(): Promise<void>;
  /**
   * Only of a next hop that has the message already and asks what to do with it (milter): it keeps held mail itself, and
   * it writes the `Received` field. `reason` is one line for its log. Returns and fails as `deliver` does.
   */
  hold?(prefix: Buffer, content: Content, reason: string): Promise<Reply>;
};
