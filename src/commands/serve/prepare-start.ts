import { isRulesStored } from '../../activation/open-rule-sets.ts';
import { loadRules, type RuleLoading } from '../../config/load-rules.ts';
import { formatSettingProblem, type SettingProblem } from '../../config/load-settings.ts';
import { formatProblem } from '../../config/rule-problem.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import type { Settings } from '../../config/settings.ts';
import type { ServerOptions } from '../../server.ts';
import { CommandFailure, exitCodes, type CommandContext } from '../command.ts';
import { loadSettingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { findStartUpProblems } from './start-up-problems.ts';

type Start = { readonly settings: ServerOptions['settings']; readonly rules: RuleSet | null };

/**
 * Settings and rules that `serve` can start with; `rules` is null where those that were in force before have to do.
 * @throws CommandFailure with one list of all that is wrong: settings, ports, files, places and rules.
 */
export async function prepareStart(context: CommandContext, flags: SettingFlags): Promise<Start> {
  const loading = await loadSettingsFor(context, flags, [['nextHop', 'milterListen']]);
  const wrong = loading.ok ? [] : loading.problems;
  const known = loading.ok
    ? { settings: loading.settings, faulty: new Set<never>() }
    : loading.rest;
  if (known === null) throw cannotStart({ wrong, found: [], rules: [] });
  const { settings, faulty } = known;
  const found = await findStartUpProblems(known);
  const rules = faulty.has('rulesDir') ? null : await loadRules(settings.rulesDir);
  const isUsable = wrong.length === 0 && found.length === 0;
  const ruleProblems = await unusable(rules, isUsable ? settings : null);
  if (!isUsable || ruleProblems.length > 0)
    throw cannotStart({ wrong, found, rules: ruleProblems });
  return { settings, rules: rules?.ok === true ? rules.rules : null };
}

/** Rules that were in force before are as good; at the first start, or where it cannot be told, there are none. */
async function unusable(
  rules: RuleLoading | null,
  settings: Settings | null,
): Promise<readonly string[]> {
  if (rules === null || rules.ok) return [];
  if (settings !== null && (await isRulesStored(settings))) return [];
  return rules.problems.map(formatProblem);
}

function cannotStart({
  wrong,
  found,
  rules,
}: {
  readonly wrong: readonly SettingProblem[];
  readonly found: readonly SettingProblem[];
  readonly rules: readonly string[];
}): CommandFailure {
  const all = [...[...wrong, ...found].map(formatSettingProblem), ...rules];
  const title =
    all.length === 1 ? 'serve cannot start' : `serve cannot start: ${all.length} problems`;
  // Called wrongly, rather than on a machine that is not ready for it.
  const isUsage = wrong.length > 0 || rules.length > 0;
  return new CommandFailure([title, ...all].join('\n'), {
    exitCode: isUsage ? exitCodes.usage : exitCodes.failed,
  });
}
