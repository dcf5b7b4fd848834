import { setImmediate } from 'node:timers/promises';
import type { Content } from './content.ts';
import type { NextHopTransaction } from './next-hop.ts';
import { tellingOutcome, type OnNextHop } from './next-hop-outcome.ts';
import type { NextHopSession } from './next-hop-session.ts';
import { reply, SmtpError, type Reply } from './reply.ts';

export type MirrorOptions = {
  readonly session: NextHopSession;
  /** Whether the client could still hear our reply. */
  readonly clientIsThere: () => boolean;
  readonly onError: (error: Error) => void;
  readonly onNextHop: OnNextHop;
  /** The final dot was sent and no reply came: nobody knows whether the next hop has the message. */
  readonly onReplyLost: () => void;
};

/** The transaction at the next hop that took the client's MAIL and RCPT, waiting for the decision. */
export class MirroredTransaction implements NextHopTransaction {
  readonly #options: MirrorOptions;
  #outcome: Promise<Reply> | null = null;
  #abandoned = false;
  #isHandedOver = false;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Final reply of the next hop, once `deliver` was called. */
  get outcome(): Promise<Reply> | null {
    return this.#outcome;
  }

  /** The final dot left: the next hop may have the message. */
  get isHandedOver(): boolean {
    return this.#isHandedOver;
  }

  deliver(prefix: Buffer, content: Content): Promise<Reply> {
    if (this.#abandoned) throw new Error('deliver after abandon');
    this.#outcome ??= this.#deliver(prefix, content);
    return this.#outcome;
  }

  async abandon(): Promise<void> {
    if (this.#abandoned || this.#outcome !== null) return;
    this.#abandoned = true;
    await this.#options.session.reset();
  }

  async #deliver(prefix: Buffer, content: Content): Promise<Reply> {
    const { session, clientIsThere, onError, onNextHop, onReplyLost } = this.#options;
    try {
      // RFC 1047: a client that is gone will send the message again, so the next hop must not keep this copy. One turn
      // of the event loop lets a FIN be seen that has already arrived.
      const mayCommit = async () => {
        await setImmediate();
        this.#isHandedOver = clientIsThere();
        return this.#isHandedOver;
      };
      return await tellingOutcome('data', onNextHop, () =>
        session.data(prefix, content, mayCommit),
      );
    } catch (error) {
      onError(error as Error);
      if (this.#isHandedOver) onReplyLost();
      return error instanceof SmtpError
        ? error.reply
        : reply(451, '4.3.0', 'Local error, try again later');
    }
  }
}
