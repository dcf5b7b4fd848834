import { activate } from '../activate-rules.ts';
import type { Settings } from '../config/settings.ts';
import type { ActiveRules } from '../dependencies.ts';
import { pause } from '../pause.ts';
import type { Refusal } from './activation-step.ts';
import { putInForce } from './change-rules.ts';
import { UnusableRules, type StoredRules } from './load-stored.ts';
import type { InForce, RuleSetStore } from './rule-set-store.ts';
import type { LoadedRules, RulesInForce } from './rules-in-force.ts';
import { tried } from './usable-rules.ts';

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
    /** The store does not answer; what is in force stays. */
    readonly rulesNotFollowed: (error: unknown) => void;
    /** The store names a set that cannot be used here; what is in force stays, a candidate is dropped. Told once. */
    readonly rulesRefused: (
      refused: { readonly version: string; readonly via: 'store' },
      refusals: readonly Refusal[],
    ) => void;
    /** What was refused is not asked for any more, and nothing else has changed. */
    readonly rulesLeftAlone: (
      version: string,
      of: { readonly via: 'store'; readonly why: 'unchanged' },
    ) => void;
  };
  /** After each look, for what is to be read besides; it is tried again until it succeeds. */
  readonly catchUp?: () => Promise<void>;
  readonly everyMs?: number;
};

/** A rollback has to be in force everywhere within a second, and one question is a few microseconds. */
const usuallyEveryMs = 250;
/** A store that did not answer is asked again as often, and the trouble told. */
const troubledEveryMs = 5000;
/** A set that cannot be used is loaded again as often: somebody may have put its files back. */
const unusableEveryMs = 60_000;
/** What goes on failing is not told of all the time. */
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
  /** The change that named a set which cannot be used, and when that is tried again. */
  let [refusedIn, triedAgainAtMs] = [-1, 0];
  const refuse = (version: string, { message }: UnusableRules) => {
    const refusal = { step: 'check', problems: message.split('\n') } as const;
    events.rulesRefused({ version, via: 'store' }, [refusal]);
  };
  const load = async (version: string): Promise<ActiveRules | UnusableRules> => {
    const { active, candidate } = inForce.loaded();
    const known = [active, candidate?.rules].find((rules) => rules?.version === version);
    if (known !== undefined) return known;
    const rules = await tried(stored, version);
    return rules instanceof UnusableRules ? rules : activate(rules, settings);
  };
  const become = (next: LoadedRules) => {
    const before = inForce.loaded();
    inForce.swap(next);
    if (!isSame(before, next)) events.rulesChanged(next, before);
  };
  const look = async () => {
    const state = await store.inForce();
    const { sequence, active: version, candidate } = state;
    const before = inForce.loaded();
    if (version === null) await restore(state, before);
    if (sequence === before.sequence || version === null) return;
    if (sequence === refusedIn && performance.now() < triedAgainAtMs) return;
    const active = await load(version);
    if (active instanceof UnusableRules) {
      triedAgainAtMs = performance.now() + unusableEveryMs;
      if (sequence === refusedIn) return;
      refusedIn = sequence;
      // What was dropped decides about no mail, whatever became of the rest.
      if (candidate?.version !== before.candidate?.rules.version)
        become({ ...before, candidate: null });
      refuse(version, active);
      return;
    }
    const rules =
      candidate &&
      (await load(candidate.version).catch((error: unknown) => {
        // The set in force does not wait for its candidate, which is asked for again.
        become({ ...before, active, candidate: null });
        throw error;
      }));
    const isUsable = rules !== null && !(rules instanceof UnusableRules);
    become({
      sequence,
      active,
      candidate: candidate && isUsable ? { rules, stage: candidate.stage } : null,
    });
    if (candidate !== null && rules instanceof UnusableRules) refuse(candidate.version, rules);
    else if (refusedIn !== -1) events.rulesLeftAlone(version, { via: 'store', why: 'unchanged' });
    refusedIn = -1;
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
