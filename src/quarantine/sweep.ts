import { QuarantineError } from './quarantine-error.ts';
import type { HeldMail } from './open-held-mail.ts';

const dayMs = 86_400_000;
const atOnce = 20;
/** Past so many a sweep gives up until the next one: a next hop that is down is not asked about each message. */
const mostFailures = 50;
const retryExpiryMs = dayMs;

/** What becomes of mail that has been held for its time. */
export type Expiry = 'release-tagged' | 'delete';

export type SweepOptions = {
  readonly quarantine: Pick<
    HeldMail,
    | 'due'
    | 'find'
    | 'update'
    | 'exclusively'
    | 'purge'
    | 'scrub'
    | 'tidy'
    | 'reindex'
    | 'claimSweep'
    | 'usage'
  >;
  readonly expiry: () => Expiry;
  /**
   * Sends it to everybody who waits for it, or puts it into the bin where it must not be sent. Rejects where somebody
   * could not have it: it stays, and is due again.
   */
  readonly releaseExpired: (id: string) => Promise<'released' | 'binned'>;
  /** Into the bin. */
  readonly deleteExpired: (id: string) => Promise<void>;
  /** Somebody should know that these expire; asked again where it rejects. */
  readonly onExpiring: (ids: readonly string[]) => Promise<void>;
  readonly noticeDays: number;
  /** How long closed mail is kept, so that it can be undone. */
  readonly binDays: number;
  readonly now: () => Date;
  /** Stops after the message at hand. */
  readonly signal?: AbortSignal;
};

/** How many messages. */
export type Swept = {
  readonly noticed: number;
  readonly released: number;
  /** Would have been released by the policy, but were known to be an attack. */
  readonly binned: number;
  readonly deleted: number;
  readonly purged: number;
  readonly failed: number;
  /** Of the first one that failed, or why what was purged can still be read in the index; for the log. */
  readonly failure: unknown;
};

/**
 * Puts files and index in order, tells of what expires soon, applies the expiry, and purges what was closed long enough
 * ago. May die anywhere and be repeated. Null where another process is at it.
 */
export async function sweep(options: SweepOptions): Promise<Swept | null> {
  const { quarantine, expiry, noticeDays, binDays, now } = options;
  const claim = await quarantine.claimSweep().catch((error: unknown) => {
    if (error instanceof QuarantineError && error.problem === 'busy') return null;
    throw error;
  });
  if (claim === null) {
    // Each process keeps to the quota by what it has measured itself.
    await quarantine.usage.measure();
    return null;
  }
  try {
    await quarantine.tidy();
    await quarantine.reindex();
    const at = now();
    const how = expiry();
    const noticed = await each(options, 'unnoticed', at.getTime() + noticeDays * dayMs, (ids) =>
      notice(options, ids),
    );
    const became = { released: 0, binned: 0, deleted: 0 };
    const expired = await each(options, 'expires', at.getTime(), (ids) =>
      oneByOne(
        ids,
        async (id) => {
          const what = await expire(options, id, how);
          if (what !== null) became[what]++;
          return what !== null;
        },
        options.signal,
      ),
    );
    const purge = (id: string) => quarantine.purge(id).then(() => true);
    const purged = await each(options, 'closed', at.getTime() - binDays * dayMs, (ids) =>
      oneByOne(ids, purge, options.signal),
    );
    // Once for all of them, where nobody waits. What is still readable then is not after the next sweep.
    const unscrubbed = await quarantine.scrub().then(
      () => null,
      (error: unknown) => error,
    );
    return {
      noticed: noticed.done,
      ...became,
      purged: purged.done,
      failed: noticed.failed + expired.failed + purged.failed,
      failure: noticed.failure ?? expired.failure ?? purged.failure ?? unscrubbed,
    };
  } finally {
    await claim[Symbol.asyncDispose]();
  }
}

type Outcome = {
  readonly done: readonly string[];
  readonly failed: readonly string[];
  readonly failure: unknown;
};

type Count = { readonly done: number; readonly failed: number; readonly failure: unknown };

/** Until nothing is due that was not dealt with in this sweep. */
async function each(
  { quarantine, signal }: SweepOptions,
  what: 'unnoticed' | 'expires' | 'closed',
  before: number,
  work: (ids: readonly string[]) => Promise<Outcome>,
): Promise<Count> {
  const seen = new Set<string>();
  /** Seen, and still due. */
  let [done, failed, remaining] = [0, 0, 0];
  let failure: unknown = null;
  while (failed < mostFailures && signal?.aborted !== true) {
    const due = await quarantine.due({ what, before, limit: atOnce + remaining });
    const ids = due.filter((id) => !seen.has(id));
    if (ids.length === 0) break;
    remaining = due.length - ids.length;
    const outcome = await work(ids);
    for (const id of ids) seen.add(id);
    done += outcome.done.length;
    failed += outcome.failed.length;
    remaining += ids.length - outcome.done.length;
    failure ??= outcome.failure;
  }
  return { done, failed, failure };
}

async function notice(
  { quarantine, onExpiring, now }: SweepOptions,
  ids: readonly string[],
): Promise<Outcome> {
  try {
    await onExpiring(ids);
  } catch (failure) {
    return { done: [], failed: ids, failure };
  }
  // Only now: whoever dies in between tells of it twice rather than never.
  return oneByOne(ids, (id) =>
    quarantine.exclusively(id, async () => {
      const held = await quarantine.find(id);
      if (held?.state !== 'held' || held.expiryNoticedAt !== null) return false;
      await quarantine.update({ ...held, expiryNoticedAt: now().toISOString() });
      return true;
    }),
  );
}

/** Null where it is not its time yet. */
async function expire(
  { quarantine, releaseExpired, deleteExpired, noticeDays, now }: SweepOptions,
  id: string,
  how: Expiry,
): Promise<'released' | 'binned' | 'deleted' | null> {
  if (how === 'release-tagged') {
    try {
      return await releaseExpired(id);
    } catch (error) {
      await postpone(quarantine, id, new Date(now().getTime() + retryExpiryMs));
      throw error;
    }
  }
  // Nothing goes before somebody could have looked at it.
  const noticedAt = (await quarantine.find(id))?.expiryNoticedAt ?? null;
  if (noticedAt === null || Date.parse(noticedAt) + noticeDays * dayMs > now().getTime())
    return null;
  await deleteExpired(id);
  return 'deleted';
}

/** So that what a next hop never takes does not keep others from their turn. */
async function postpone(
  quarantine: SweepOptions['quarantine'],
  id: string,
  until: Date,
): Promise<void> {
  const next = async () => {
    const held = await quarantine.find(id);
    if (held?.state === 'held')
      await quarantine.update({ ...held, expiresAt: until.toISOString() });
  };
  await quarantine.exclusively(id, next).catch(() => undefined); // it is due again anyway
}

/** `work` says false where it is not the message's time yet. */
async function oneByOne(
  ids: readonly string[],
  work: (id: string) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Outcome> {
  const [done, failed]: [string[], string[]] = [[], []];
  let failure: unknown = null;
  for (const id of ids) {
    if (signal?.aborted === true) break;
    try {
      if (await work(id)) done.push(id);
    } catch (error) {
      failure ??= error;
      failed.push(id);
    }
  }
  return { done, failed, failure };
}
