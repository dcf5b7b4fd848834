import { createCatalogue } from './alias/catalogue.ts';
import type { RuleSet } from './config/rule-set.ts';
import type { Settings } from './config/settings.ts';
import { withMode } from './decision/recipient-mode.ts';
import type { ActiveRules } from './dependencies.ts';

/** Puts the mode that a setting overrides into the rules, and makes the aliases findable. */
export function activate(rules: RuleSet, { mode }: Pick<Settings, 'mode'>): ActiveRules {
  const policy = mode === null ? rules.policy : withMode(rules.policy, mode);
  return { ...rules, policy, catalogue: createCatalogue(rules.aliases, policy.watch) };
}
