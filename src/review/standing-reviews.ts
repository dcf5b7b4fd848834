import { pause } from '../pause.ts';
import { attacksByKey, noAttacks, type ConfirmedAttacks } from '../decision/confirmed-attacks.ts';
import type { StandingReviews } from '../judge.ts';
import { approvalOf } from './approval-record.ts';
import { attackOf } from './attack-record.ts';
import type { Approval } from './review.ts';
import type { RecordKind, ReviewStore, StoredRecord } from './review-store.ts';

/** What scoring heeds, as it was read last. Disposing ends the reading. */
export type KnownReviews = StandingReviews &
  AsyncDisposable & {
    /** Reads it now, where it has changed. */
    readonly refresh: () => Promise<void>;
  };

export type KnownReviewsOptions = {
  readonly store: ReviewStore;
  /** The store did not answer; what was read before holds. */
  readonly onFailed: (error: unknown) => void;
  readonly everyMs?: number;
};

const usuallyEveryMs = 2000;
const mostRecords = 20_000;
const nothing: ReadonlySet<string> = new Set();

/**
 * Approvals and confirmed attacks in memory: scoring asks no store for them. Another process may have written them, so
 * the store is asked now and then whether anything has changed. The first reading is over when it resolves; without an
 * answer nothing is approved and nothing confirmed.
 */
export async function keepStandingReviews({
  store,
  onFailed,
  everyMs = usuallyEveryMs,
}: KnownReviewsOptions): Promise<KnownReviews> {
  const stopping = new AbortController();
  let revision: number | null = null;
  let attacks: ConfirmedAttacks = noAttacks;
  let approvals: ReadonlyMap<string, readonly Approval[]> = new Map();
  const read = async (): Promise<void> => {
    const found = await store.revision();
    if (found === revision) return;
    const [approved, confirmed] = await Promise.all([
      everything(store, 'approval'),
      everything(store, 'attack'),
    ]);
    approvals = Map.groupBy(approved.map(approvalOf), ({ alias }) => alias);
    attacks = attacksByKey(confirmed.map(attackOf));
    revision = found;
  };
  const refresh = (): Promise<void> => read().catch(onFailed);
  await refresh();
  const reading = (async () => {
    while (await pause(everyMs, stopping.signal)) await refresh();
  })();
  return {
    refresh,
    attacks: () => attacks,
    approvedFor: (alias, at) => {
      const given = approvals.get(alias);
      if (given === undefined) return nothing;
      const inForce = given.filter(({ expiresAt }) => Date.parse(expiresAt) > at.getTime());
      return new Set(inForce.map(({ table, value }) => `${table} ${value}`));
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await reading;
    },
  };
}

async function everything(store: ReviewStore, kind: RecordKind): Promise<readonly StoredRecord[]> {
  return store.newest(kind, { tag: null, limit: mostRecords });
}
