import { activate } from '../activate-rules.ts';
import type { Settings } from '../config/settings.ts';
import { pause } from '../pause.ts';
import { putInForce } from './change-rules.ts';
import type { StoredRules } from './load-stored.ts';
import type { InForce, RuleSetStore } from './rule-set-store.ts';
import type { LoadedRules, RulesInForce } from './rules-in-force.ts';

/** Keeps this process at what the store says. Disposing ends it. */
export type RulesFollower = AsyncDisposable & {
  /** Looks now. @throws what the store throws. */
  readonly refresh: () => Promise<void>;
};

export type FollowRulesOptions = {
  readonly store: Pick<RuleSetStore, 'inForce' | 'change'>;
  readonly stored: StoredRules;
  readonly inForce: RulesInForce;
  readonly settings: Pick<Settings, 'mode' | 'hostname'>;
  readonly now: () => Date;
  readonly events: {
    readonly rulesChanged: (now: LoadedRules, before: LoadedRules) => void;
    /** The store does not answer, or names a set that cannot be used here; what is in force stays. */
    readonly rulesNotFollowed: (error: unknown) => void;
  };
  /** After each look, for what is to be read besides; it is tried again until it succeeds. */
  readonly catchUp?: () => Promise<void>;
  readonly everyMs?: number;
};

/** A rollback has to be in force everywhere within a second, and one question is a few microseconds. */
const usuallyEveryMs = 250;
/** A set that could not be loaded is tried again as often, and the trouble told. */
const troubledEveryMs = 5000;
/** A set that this version of the program cannot use is not told of all the time. */
const mostTroubledEveryMs = 300_000;

export function followRules({
  store,
  stored,
  inForce,
  settings,
  events,
  now,
  catchUp = () => Promise.resolve(),
  everyMs = usuallyEveryMs,
}: FollowRulesOptions): RulesFollower {
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const state = await store.inForce();
    const { sequence, active, candidate } = state;
    const before = inForce.loaded();
    if (active === null) await restore(state, before);
    if (sequence === before.sequence || active === null) return;
    const load = async (version: string) => {
      const known = [before.active, before.candidate?.rules];
      return (
        known.find((rules) => rules?.version === version) ??
        activate(await stored.load(version), settings)
      );
    };
    const next: LoadedRules = {
      sequence,
      active: await load(active),
      candidate:
        candidate === null
          ? null
          : { rules: await load(candidate.version), stage: candidate.stage },
    };
    inForce.swap(next);
    if (isSame(before, next)) return;
    events.rulesChanged(next, before);
  };
  /** The store is new, or has lost what it had: a rollback needs to know what is in force. */
  const restore = async (state: InForce, { active: rules }: LoadedRules) => {
    await putInForce(store, state, {
      ...{ rules, stage: null, forced: false, steps: [], by: settings.hostname, via: 'start' },
      reason: 'the store knew of none',
      at: now(),
    });
  };
  const refresh = () => (looking = looking.catch(() => undefined).then(look));
  const caughtUp = retried(catchUp, events.rulesNotFollowed);
  const following = (async () => {
    for (let waitMs = everyMs; await pause(waitMs, stopping.signal);) {
      waitMs = await refresh().then(
        () => caughtUp().then(() => everyMs),
        (error: unknown) => {
          events.rulesNotFollowed(error);
          return Math.max(everyMs, troubledEveryMs);
        },
      );
    }
  })();
  return {
    refresh,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await following;
      await looking.catch(() => undefined);
    },
  };
}

/** Does it now, unless it failed a moment ago: what is in force is looked at as often as ever. Never rejects. */
function retried(
  work: () => Promise<void>,
  onFailed: (error: unknown) => void,
): () => Promise<void> {
  let [notBeforeMs, waitMs] = [0, troubledEveryMs];
  return async () => {
    if (performance.now() < notBeforeMs) return;
    try {
      await work();
      waitMs = troubledEveryMs;
    } catch (error) {
      onFailed(error);
      notBeforeMs = performance.now() + waitMs;
      waitMs = Math.min(2 * waitMs, mostTroubledEveryMs);
    }
  };
}

/** The sequence alone may grow: a start that found nothing, a store that was away. */
function isSame(before: LoadedRules, now: LoadedRules): boolean {
  return (
    before.active.version === now.active.version &&
    before.candidate?.rules.version === now.candidate?.rules.version &&
    JSON.stringify(before.candidate?.stage) === JSON.stringify(now.candidate?.stage)
  );
}
