import { loadRulesFrom } from '../config/load-rules.ts';
import { formatProblem } from '../config/rule-problem.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { RuleSetStore } from './rule-set-store.ts';
import { DamagedRules } from './stored-files.ts';

/** Sets that stay in memory: what a rollback goes back to is among them. */
const keptInMemory = 4;

/** The store has answered, and what it keeps of a set cannot be used here: asking again changes nothing. */
export class UnusableRules extends Error {
  override readonly name = 'UnusableRules';
}

/** Rule sets by version, from memory or the store. */
export type StoredRules = {
  /** @throws UnusableRules in a few lines; what the store throws where it does not answer. */
  readonly load: (version: string) => Promise<RuleSet>;
  /** Keeps a set that was loaded elsewhere. */
  readonly remember: (rules: RuleSet) => void;
};

export function loadStored(store: Pick<RuleSetStore, 'filesOf'>): StoredRules {
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
      const rules = loaded.get(version) ?? (await read(store, version));
      remember(rules);
      return rules;
    },
  };
}

async function read(store: Pick<RuleSetStore, 'filesOf'>, version: string): Promise<RuleSet> {
  const files = await store.filesOf(version).catch((error: unknown) => {
    if (error instanceof DamagedRules) throw damaged(version, error.message);
    throw error;
  });
  if (files === null)
    throw new UnusableRules(
      `the files of rule set ${version} are not stored any more: \`aliaswatch rules history\` shows which are`,
    );
  const loading = await loadRulesFrom(files);
  if (!loading.ok) {
    const problems = loading.problems.slice(0, 5).map(formatProblem).join('\n');
    throw new UnusableRules(`stored rule set ${version} cannot be used here\n${problems}`);
  }
  if (loading.rules.version !== version)
    throw damaged(version, `its files are ${loading.rules.version}`);
  return loading.rules;
}

function damaged(version: string, how: string): UnusableRules {
  return new UnusableRules(`stored rule set ${version} is damaged: ${how}`);
}
