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

export function knowRulesBefore({
  store,
  stored,
  inForce,
  settings,
}: RulesBeforeOptions): RulesBeforeThem {
  let known: Known = { version: '', before: null, newUntil: 0, isRead: false };
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
      const { before, newUntil } = known;
      return version === known.version && at.getTime() < newUntil ? before : null;
    },
    changed: (now, before) => {
      const { version } = now.active;
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
