import { loadRulesFrom } from '../config/load-rules.ts';
import type { RuleFileCache } from '../config/rule-file-cache.ts';
import { formatProblem } from '../config/rule-problem.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { RuleSetStore } from './rule-set-store.ts';

/** Sets that stay in memory: what a rollback goes back to is among them. */
const keptInMemory = 4;

/** Rule sets by version, from memory or the store. */
export type StoredRules = {
  /** @throws Error in a few lines where the set is not stored, or this version of the program cannot use it. */
  readonly load: (version: string) => Promise<RuleSet>;
  /** Keeps a set that was loaded elsewhere. */
  readonly remember: (rules: RuleSet) => void;
};

export function loadStored(
  store: Pick<RuleSetStore, 'filesOf'>,
  cache: RuleFileCache,
): StoredRules {
  const loaded = new Map<string, RuleSet>();
  const remember = (rules: RuleSet) => {
    loaded.delete(rules.version);
    loaded.set(rules.version, rules);
    const [oldest] = loaded.keys();
    if (loaded.size > keptInMemory && oldest !== undefined) loaded.delete(oldest);
  };
  return {
    remember,
    load: async (version) => {
      const rules = loaded.get(version) ?? (await read(store, version, cache));
      remember(rules);
      return rules;
    },
  };
}

async function read(
  store: Pick<RuleSetStore, 'filesOf'>,
  version: string,
  cache: RuleFileCache,
): Promise<RuleSet> {
  const files = await store.filesOf(version);
  if (files === null)
    throw new Error(
      `the files of rule set ${version} are not stored any more: \`aliaswatch rules history\` shows which are`,
    );
  const loading = await loadRulesFrom(files, cache);
  if (!loading.ok) {
    const problems = loading.problems.slice(0, 5).map(formatProblem).join('\n');
    throw new Error(`stored rule set ${version} cannot be used here\n${problems}`);
  }
  if (loading.rules.version !== version)
    throw new Error(
      `stored rule set ${version} is damaged: its files are ${loading.rules.version}`,
    );
  return loading.rules;
}
