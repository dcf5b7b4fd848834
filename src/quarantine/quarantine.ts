import type { Commit } from '../baseline/store.ts';
import type { HeldFilter, HeldPage, PageRequest } from '../review/review.ts';
import type { Content } from '../smtp/content.ts';
import type { Envelope, Connection } from '../smtp/transaction.ts';

/** Why a message was held, in numbers: its score against the history of its alias. */
export type Explanation = {
  /** Largest first; `bits` add up to those of the score. `observed` and `baseline` are words for a person. */
  readonly terms: readonly {
    readonly signal: string;
    readonly bits: number;
    readonly observed: string;
    readonly baseline: string;
  }[];
  /** Titles of the attack cause and the benign cause that explain the message best; empty where nothing was scored. */
  readonly cause: string;
  readonly benignCause: string;
  /** Chance that an honest message of the alias scores as high; null where nothing was scored. */
  readonly pValue: number | null;
  /** The least score that is tagged and that is held, in bits, and the chance below which mail is held. */
  readonly tagBits: number;
  readonly quarantineBits: number;
  readonly quarantineChance: number;
  /** Matured messages behind the baseline, days with mail among them, and the first of these days (ISO date). */
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
};

/** `held`: somebody still waits for it; `released`: everybody has it; `deleted`: in the bin until it is purged. */
export type HeldState = 'held' | 'released' | 'deleted';

/** What a person needs to decide about one held message, and what a release needs to send it on. */
export type HeldMessage = {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly heldAt: string;
  readonly state: HeldState;
  /** When it was released or deleted, ISO 8601; null while it is held. */
  readonly closedAt: string | null;
  /** When it may be expired, ISO 8601; nothing is by itself yet. */
  readonly expiresAt: string;
  /** When somebody was told that it expires, ISO 8601, or null. */
  readonly expiryNoticedAt: string | null;
  readonly alias: string;
  readonly verdict: string;
  readonly scoreBits: number;
  readonly reason: string;
  readonly cause: string;
  /** Id of the campaign it belongs to, or ''. */
  readonly campaign: string;
  readonly ruleset: string;
  /** Version of the rules without which it would have gone to its recipient: the set before did not hold it; or ''. */
  readonly onlyUnder: string;
  readonly messageId: string;
  /** The From address and the subject, for listings; control characters removed. */
  readonly from: string;
  readonly subject: string;
  readonly sizeBytes: number;
  readonly connection: Connection;
  readonly envelope: Envelope;
  /** What the message teaches once somebody releases it. */
  readonly lesson: Commit | null;
  readonly explanation: Explanation;
  /** Reply of the next hop per recipient once released; a recipient without one is still held. */
  readonly deliveries: readonly {
    readonly recipient: string;
    readonly at: string;
    readonly reply: string;
    readonly delivered: boolean;
  }[];
};

/** What listings show: the rest may be far larger, and thousands may be held. */
export type HeldSummary = Omit<HeldMessage, 'lesson' | 'explanation'>;

/** Held mail. Whatever changes it resolves only when that is on disk (fsync), and may be repeated. */
export interface Quarantine {
  /**
   * Keeps our header fields and the content. Holding the same id twice is one entry.
   * @throws when it cannot be written (disk full); the client then gets a 451.
   */
  hold(message: HeldMessage, prefix: Buffer, content: Content): Promise<void>;
  list(filter: HeldFilter, page: PageRequest): Promise<HeldPage>;
  /** Null where there is none, also once it was purged. */
  find(id: string): Promise<HeldMessage | null>;
  /** Our header fields and the received bytes, as they will be released. */
  read(id: string): Promise<Content>;
  /** Replaces the description, durably; only within `exclusively`. */
  update(message: HeldMessage): Promise<void>;
  /**
   * Into the bin: the bytes stay until `purge`. What is released or deleted already stays as it is. Gives what it has
   * become.
   */
  delete(id: string, at: Date): Promise<HeldMessage>;
  /** Out of the bin again; it does not expire within the next seven days. What is not in the bin stays as it is. */
  restore(id: string, at: Date): Promise<HeldMessage>;
  /** For good. @throws QuarantineError `held` for mail that somebody still waits for. */
  purge(id: string): Promise<void>;
  /**
   * Runs `work` while nobody else, here or on another node, changes this entry. Not within itself.
   * @throws QuarantineError `busy` when somebody else is at it for longer than a few seconds.
   */
  exclusively<Result>(id: string, work: () => Promise<Result>): Promise<Result>;
}
