import { loadRules } from '../../config/load-rules.ts';
import { formatProblem, type RuleProblem } from '../../config/rule-problem.ts';
import { loadRuleTests } from '../../rule-tests/load-rule-tests.ts';
import { runRuleTests } from '../../rule-tests/run-rule-tests.ts';
import type { RuleTest } from '../../rule-tests/rule-test.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { ruleTestJson, ruleTestText, type ReportedRun } from './test-report.ts';

export type TestRulesFlags = SettingFlags & {
  readonly only?: string;
  readonly update?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
};

/** Runs the cases beside the rules: 0 all pass, 1 some fail, 2 they cannot be run. */
export async function testRules(
  context: CommandContext,
  directory: string | undefined,
  flags: TestRulesFlags,
): Promise<void> {
  const tested = directory ?? (await settingsFor(context, flags)).rulesDir;
  const loading = await loadRules(tested);
  if (!loading.ok) throw unusable(tested, loading.problems);
  const { rules } = loading;
  const cases = await loadRuleTests(tested, rules);
  if (!cases.ok) throw unusable(tested, cases.problems);
  const tests = selected(cases.tests, flags.only, tested);
  using progress = startProgress(context, { total: tests.length, unit: 'cases' });
  const run = await runRuleTests(rules, tests, {
    signal: context.signal,
    onDone: () => progress.step(),
  });
  const reported: ReportedRun = { ...run, ruleset: rules.version, cases: tests.length };
  if (flags.json) printJson(context, ruleTestJson(reported));
  else context.stdout.write(ruleTestText(reported));
  if (run.failed.length > 0) context.exit(exitCodes.failed);
}

function unusable(directory: string, problems: readonly RuleProblem[]): CommandFailure {
  const text = problems.map(formatProblem).join('\n');
  return new CommandFailure(`the cases in ${directory} cannot be run\n${text}`, {
    exitCode: exitCodes.usage,
  });
}

/** Cases whose name or file contains the text, whatever its case. */
function selected(
  tests: readonly RuleTest[],
  only: string | undefined,
  directory: string,
): readonly RuleTest[] {
  if (tests.length === 0)
    throw new CommandFailure(
      `${directory} has no cases: write some in ${directory}/tests/*.yaml (docs/rules.md, "Test")`,
      { exitCode: exitCodes.usage },
    );
  if (only === undefined) return tests;
  const wanted = only.toLowerCase();
  const found = tests.filter(
    ({ name, file }) => name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted),
  );
  if (found.length > 0) return found;
  throw new CommandFailure(
    `no case has "${only}" in its name or file; without --only all ${tests.length} are run`,
    { exitCode: exitCodes.usage },
  );
}
