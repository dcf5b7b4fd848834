import { loadRules } from '../config/load-rules.ts';
import { formatProblem, type RuleProblem } from '../config/rule-problem.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { Settings } from '../config/settings.ts';
import { CommandFailure, exitCodes } from './command.ts';

/** @throws CommandFailure with every problem at once. */
export async function rulesFor({ rulesDir }: Pick<Settings, 'rulesDir'>): Promise<RuleSet> {
  const loading = await loadRules(rulesDir);
  if (loading.ok) return loading.rules;
  throw unusableRules(rulesDir, loading.problems);
}

export function unusableRules(
  directory: string,
  problems: readonly RuleProblem[],
  exitCode: number = exitCodes.usage,
): CommandFailure {
  const all = problems.map(formatProblem).join('\n');
  return new CommandFailure(`the rules in ${directory} cannot be used\n${all}`, { exitCode });
}
