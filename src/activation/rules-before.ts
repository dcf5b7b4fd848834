import { activate } from '../activate-rules.ts';
import type { Settings } from '../config/settings.ts';
import type { ActiveRules } from '../dependencies.ts';
import { changeThatBegan, isGoneBackToAsProven } from './history-of-active.ts';
import type { StoredRules } from './load-stored.ts';
import type { RuleSetStore } from './rule-set-store.ts';
import type { LoadedRules, RulesInForce } from './rules-in-force.ts';

/** The set that mail is held against where the one it is judged by is new. */
export type RulesBeforeThem = {
  /** Null where the rules are not new, were rolled back to, or nothing is known of what was before. */
  readonly of: (rules: Pick<ActiveRules, 'version'>, at: Date) => ActiveRules | null;
  /** Right after a change: what was in force until then is before, until the history has been read. */
  readonly changed: (now: LoadedRules, before: LoadedRules) => void;
  /** Reads the history, once for what is in force. @throws what the store throws; what was known before holds. */
  readonly refresh: () => Promise<void>;
};

export type RulesBeforeOptions = {
  readonly store: Pick<RuleSetStore, 'history'>;
  readonly stored: StoredRules;
  readonly inForce: Pick<RulesInForce, 'loaded'>;
  readonly settings: Pick<Settings, 'mode'>;
  readonly now: () => Date;
  /** What is known of a set is kept as long after another one came into force: messages on their way still have it. */
  readonly inFlightMs: number;
};

/** A set that has done no harm within a week has met every weekday's mail. */
const newForMs = 7 * 86_400_000;
const mostRead = 200;

type Known = {
  readonly version: string;
  readonly before: ActiveRules | null;
  /** Unix time in milliseconds; infinite until the history was read. */
  readonly newUntil: number;
  /** Of the history. */
  readonly isRead: boolean;
};

/** What messages on their way are held against, once other rules are in force. */
type Former = {
  readonly version: string;
  readonly of: (at: Date) => ActiveRules | null;
  /** Unix time in milliseconds. */
  readonly untilMs: number;
};

export function knowRulesBefore({
  store,
  stored,
  inForce,
  settings,
  now: clock,
  inFlightMs,
}: RulesBeforeOptions): RulesBeforeThem {
  let known: Known = { version: '', before: null, newUntil: 0, isRead: false };
  let former: readonly Former[] = [];
  const read = async (version: string): Promise<Known> => {
    const history = await store.history(mostRead);
    const change = changeThatBegan(history, version);
    // What was gone back to is proven, and what was left for it is not.
    const previous =
      change === null || isGoneBackToAsProven(history, change) ? null : change.previous;
    const before = previous === null ? null : activate(await stored.load(previous), settings);
    const newUntil = change === null ? 0 : Date.parse(change.at) + newForMs;
    return { version, before, newUntil, isRead: true };
  };
  return {
    of: ({ version }, at) => {
      const { active, candidate } = inForce.loaded();
      if (version === candidate?.rules.version) return active;
      if (version === known.version) return beforeBy(known, at);
      return former.find((set) => set.version === version)?.of(at) ?? null;
    },
    changed: (now, before) => {
      const { version } = now.active;
      const atMs = clock().getTime();
      const gone = formerSets(before, known).map((set) => ({ ...set, untilMs: atMs + inFlightMs }));
      former = [...gone, ...former.filter(({ untilMs }) => untilMs >= atMs)];
      if (version === before.active.version) return;
      known = { version, before: before.active, newUntil: Infinity, isRead: false };
    },
    refresh: async () => {
      const { version } = inForce.loaded().active;
      if (known.isRead && known.version === version) return;
      const found = await read(version);
      // Something else came into force meanwhile, and this would overwrite what is known of that.
      if (inForce.loaded().active.version === version) known = found;
    },
  };
}

function beforeBy({ before, newUntil }: Known, at: Date): ActiveRules | null {
  return at.getTime() < newUntil ? before : null;
}

function formerSets(
  { active, candidate }: LoadedRules,
  known: Known,
): readonly Omit<Former, 'untilMs'>[] {
  const tried = candidate && { version: candidate.rules.version, of: () => active };
  const isKnown = known.version === active.version;
  return [
    ...(isKnown ? [{ version: active.version, of: (at: Date) => beforeBy(known, at) }] : []),
    ...(tried === null ? [] : [tried]),
  ];
}
