import type { Commit } from '../baseline/store.ts';
import type { Content } from '../smtp/content.ts';
import type { Envelope, Connection } from '../smtp/transaction.ts';

/** What a person needs to decide about one held message, and what a release needs to send it on. */
export type HeldMessage = {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly heldAt: string;
  readonly alias: string;
  readonly verdict: string;
  readonly scoreBits: number;
  readonly reason: string;
  readonly cause: string;
  /** Id of the campaign it belongs to, or ''. */
  readonly campaign: string;
  readonly ruleset: string;
  readonly messageId: string;
  /** The From address and the subject, for listings; control characters removed. */
  readonly from: string;
  readonly subject: string;
  readonly sizeBytes: number;
  readonly connection: Connection;
  readonly envelope: Envelope;
  /** What the message teaches once somebody releases it. */
  readonly lesson: Commit | null;
  /** Reply of the next hop per recipient once released; a recipient without one is still held. */
  readonly deliveries: readonly {
    readonly recipient: string;
    readonly at: string;
    readonly reply: string;
    readonly delivered: boolean;
  }[];
};

/** What listings show: a lesson may be far larger than all the rest, and thousands may be held. */
export type HeldSummary = Omit<HeldMessage, 'lesson'>;

/** Held mail. `hold` resolves only when message, description and directory are on disk (fsync). */
export interface Quarantine {
  /**
   * Keeps our header fields and the content. Holding the same id twice is one entry.
   * @throws when it cannot be written (disk full); the client then gets a 451.
   */
  hold(message: HeldMessage, prefix: Buffer, content: Content): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly HeldSummary[]>;
  find(id: string): Promise<HeldMessage | null>;
  /** Our header fields and the received bytes, as they will be released. */
  read(id: string): Promise<Content>;
  /** Replaces the description, durably. */
  update(message: HeldMessage): Promise<void>;
}
