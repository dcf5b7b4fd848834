import type { ActorTraffic } from './actor-traffic.ts';
import type { Counters, Snapshot } from './ledger.ts';
import type { ValueRecord, ValueTouch } from './value-record.ts';

/** More values than this no message is asked about (`lookupsOf`); a store refuses them. */
export const mostLookups = 768;

export type ObserveRequest = {
  /** Alias id; all keys of one alias live in one slot. */
  readonly alias: string;
  readonly at: Date;
  /** Values to look up, at most `mostLookups`. */
  readonly values: readonly { readonly table: string; readonly value: string }[];
  /** Signature identity for the replay counter, or null. */
  readonly signature: string | null;
  /** Keyed hashes of the envelope recipients. */
  readonly recipients: readonly string[];
  /** Keyed hash of who filled the slots; '' where nobody is known to have. */
  readonly actor: string;
  /** False reads without moving a traffic counter (`check`, the twin of an injected message). */
  readonly count: boolean;
};

export type Observation = {
  /** Same order as the request; null where nothing was ever learned. */
  readonly records: readonly (ValueRecord | null)[];
  /** What the alias as a whole reaches here: table `reach`, value `*`. */
  readonly reach: ValueRecord | null;
  /** Distinct recipients that had this signature within about a week, this message's included; saturates at 32; 0 without a signature. */
  readonly signatureRecipients: number;
  /** Messages of the alias in the sliding hour, this one included. */
  readonly hourMessages: number;
  readonly traffic: ActorTraffic;
  /** Messages of the alias on the day of receipt so far, this one included, and on the day before. */
  readonly dayMessages: { readonly today: number; readonly yesterday: number };
  readonly snapshot: Snapshot;
};

/** What one message teaches. Applying the same `id` twice changes nothing the second time. */
export type Commit = {
  readonly id: string;
  readonly alias: string;
  /** Day on which it is learned. */
  readonly day: number;
  readonly counters: Counters;
  readonly values: readonly ValueTouch[];
};

export type StoredValue = {
  readonly table: string;
  readonly value: string;
  readonly record: ValueRecord;
};

/**
 * Baselines of every alias. Traffic moves in `observe` whatever the verdict; features move only in `commit`. An
 * implementation throws when it cannot answer within its deadline; the pipeline turns that into `unavailable`.
 */
export interface BaselineStore extends AsyncDisposable {
  /** One blocking round trip. */
  observe(request: ObserveRequest): Promise<Observation>;
  commit(commit: Commit): Promise<void>;
  /**
   * Takes back what one commit taught: its counters, and one touch of each of its values; a value that nothing else
   * taught is forgotten. Of what others taught as well the sketches and days stay: they cannot forget a member. Taking
   * back the same `id` twice changes nothing the second time, and it is never learned after that.
   *
   * A commit of the last days that never came is known to be lost, and nothing is taken from others for it. Of an older
   * one (also where the alias has learned a thousand since) the ids are gone, which would take more memory than
   * the baseline has; it is taken to have come, as nearly all do: one honest message too few in a baseline does less harm
   * than an attack that stays in it.
   */
  retract(commit: Commit): Promise<void>;
  /** Ids of the aliases with any history, sorted. */
  aliases(): Promise<readonly string[]>;
  /** Matured history and every remembered value of one alias, for people. */
  describe(
    alias: string,
    at: Date,
  ): Promise<{ readonly snapshot: Snapshot; readonly values: readonly StoredValue[] }>;
  /** Forgets one learned day, or with null everything of the alias. */
  forget(alias: string, day: number | null): Promise<void>;
  /** Forgets one value of every alias; gives how many knew it. */
  eraseValue(table: string, value: string): Promise<number>;
  /** Throws when the store does not answer. */
  ping(): Promise<void>;
}

/** Bounds that keep one alias's memory small (DESIGN 8: at most 256 KB). */
export type StoreLimits = {
  /** Days that stay in the window. */
  readonly windowDays: number;
  /** Values kept per table; beyond it those learned longest ago leave first. */
  readonly valuesPerTable: number;
  /** Values of table `recipient`. */
  readonly recipients: number;
  /** Values of all tables together; beyond it the largest table gives way. */
  readonly values: number;
};

/** Tables stay below 512 entries even when they overshoot by a tenth: up to there Redis packs a hash densely. */
export const defaultStoreLimits: StoreLimits = {
  windowDays: 180,
  valuesPerTable: 400,
  recipients: 400,
  values: 1500,
};
