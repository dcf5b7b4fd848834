import type { ActiveRules } from '../dependencies.ts';
import { isCanaryMessage, type ChosenBy } from './choose-rules.ts';
import type { Stage } from './rule-set-store.ts';

/** Rule sets that are loaded, with the sequence of the store that they belong to. */
export type LoadedRules = {
  readonly sequence: number;
  readonly active: ActiveRules;
  readonly candidate: { readonly rules: ActiveRules; readonly stage: Stage } | null;
};

/** What this process judges mail by. A message takes its set once and keeps it to its end. */
export type RulesInForce = {
  readonly loaded: () => LoadedRules;
  readonly current: () => ActiveRules;
  readonly chooseFor: (message: ChosenBy) => ActiveRules;
  /** The set that mail judged by the one in force is held against as well; null outside of the shadow stage. */
  readonly shadow: () => ActiveRules | null;
  /** One assignment: no message sees half of it. */
  readonly swap: (next: LoadedRules) => void;
};

export function createRulesInForce(first: LoadedRules): RulesInForce {
  let loaded = first;
  return {
    loaded: () => loaded,
    current: () => loaded.active,
    chooseFor: (message) => {
      const { active, candidate } = loaded;
      if (candidate === null) return active;
      const { rules, stage } = candidate;
      return isCanaryMessage({ version: rules.version, stage }, message) ? rules : active;
    },
    shadow: () => (loaded.candidate?.stage.kind === 'shadow' ? loaded.candidate.rules : null),
    swap: (next) => {
      loaded = next;
    },
  };
}
