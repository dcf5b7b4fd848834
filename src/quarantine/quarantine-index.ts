import type { HeldState } from './quarantine.ts';

/** What an index knows of one message. Nothing in it names a person where a key is set. */
export type IndexEntry = {
  readonly id: string;
  /** Which directory holds its bytes. */
  readonly directory: string;
  /** Its place among all (`held-order.ts`). */
  readonly place: string;
  readonly state: HeldState;
  readonly alias: string;
  readonly campaign: string;
  readonly bytes: number;
  /** Unix time in milliseconds; `closedAt` is 0 while it is held. */
  readonly expiresAt: number;
  readonly closedAt: number;
  /** Somebody was told that it expires. */
  readonly isNoticed: boolean;
  /** When its description was written, Unix time in milliseconds: an older one never replaces a newer one. */
  readonly version: number;
  /** What can be searched for (`index-marks.ts`). */
  readonly marks: string;
  /** The summary, encrypted where a key is set. */
  readonly body: string;
};

export type IndexQuery = {
  readonly state: HeldState | 'any';
  readonly alias: string | null;
  readonly campaign: string | null;
  /** Places from this one on, and before that one. */
  readonly from: string | null;
  readonly before: string | null;
  /** Of each list one mark must be there. */
  readonly marks: readonly (readonly string[])[];
  /** Of all that match, those before this place, newest first. */
  readonly after: string | null;
  readonly limit: number;
};

export type IndexPage = {
  readonly entries: readonly Pick<IndexEntry, 'place' | 'directory' | 'body'>[];
  /** Whether more match beyond these. */
  readonly more: boolean;
  /** Of all pages. */
  readonly total: number;
};

/** What of a directory is due by a time: to be told of before it expires, to expire, to be purged once it is closed. */
export type DueQuery = {
  readonly directory: string;
  readonly what: 'unnoticed' | 'expires' | 'closed';
  /** Unix time in milliseconds. */
  readonly before: number;
  readonly limit: number;
};

export type IndexTotals = {
  /** Messages, and their bytes, by state. */
  readonly messages: Readonly<Record<HeldState, number>>;
  readonly bytes: Readonly<Record<HeldState, number>>;
  /** When the oldest message was held that somebody waits for, Unix time in milliseconds, or null. */
  readonly oldestHeldAt: number | null;
};

/**
 * Where held mail is looked up. The files are the truth: an index may be lost, late or wrong at any time, and is then
 * filled from them again. Every method rejects when it cannot be reached.
 */
export interface QuarantineIndex extends AsyncDisposable {
  put(entries: readonly IndexEntry[]): Promise<void>;
  /** Ids of a directory that are gone; those of another one stay. */
  remove(directory: string, ids: readonly string[]): Promise<void>;
  /**
   * Makes what was removed unreadable where the index is kept; keeps nobody waiting, and rejects where others have used
   * the index for so long.
   */
  scrub(patienceMs: number): Promise<void>;
  query(query: IndexQuery): Promise<IndexPage>;
  /** Which directory holds a message, or null. */
  locate(id: string): Promise<string | null>;
  /** Id and version of all entries of a directory. */
  versions(directory: string): Promise<ReadonlyMap<string, number>>;
  due(query: DueQuery): Promise<readonly string[]>;
  totals(): Promise<IndexTotals>;
  /** Whether all of a directory was put in since the index was made. */
  isFilled(directory: string): Promise<boolean>;
  setFilled(directory: string): Promise<void>;
  /** Takes or renews a claim for so long; false where another holder has it. */
  claim(name: string, holder: string, ms: number): Promise<boolean>;
  /** Gives up a claim that is still one's own. */
  disclaim(name: string, holder: string): Promise<void>;
}
