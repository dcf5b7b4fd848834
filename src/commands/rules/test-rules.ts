import { loadRules } from '../../config/load-rules.ts';
import { formatProblem, type RuleProblem } from '../../config/rule-problem.ts';
import { loadRuleTests } from '../../rule-tests/load-rule-tests.ts';
import { runRuleTests, type RuleTestFailure } from '../../rule-tests/run-rule-tests.ts';
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
import {
  failureText,
  ruleTestJson,
  ruleTestText,
  summaryText,
  type ReportedRun,
} from './test-report.ts';
import { isMendable, updatesFor, writeUpdates, type CaseFileUpdate } from './update-cases.ts';

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
  if (flags.write && !flags.update)
    throw new CommandFailure('--write belongs to --update: write `rules test --update --write`', {
      exitCode: exitCodes.usage,
    });
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
  const updates = flags.update ? await updatesFor(run.failed) : [];
  if (flags.write) await writeUpdates(updates);
  const left = run.failed.filter((failure) => !flags.write || !isMendable(failure));
  const reported: ReportedRun = { ...run, ruleset: rules.version, cases: tests.length };
  if (flags.json) {
    const diffs = updates.map(({ file, diff }) => ({ file, diff, written: flags.write === true }));
    printJson(context, { ...ruleTestJson(reported), ...(flags.update ? { updates: diffs } : {}) });
  } else context.stdout.write(reportText(reported, { flags, updates, left }));
  if (left.length > 0) context.exit(exitCodes.failed);
}

/** With `--update` the diff says what failed; only what it does not mend is told in words. */
function reportText(
  run: ReportedRun,
  {
    flags,
    updates,
    left,
  }: {
    readonly flags: TestRulesFlags;
    readonly updates: readonly CaseFileUpdate[];
    readonly left: readonly RuleTestFailure[];
  },
): string {
  if (!flags.update) return ruleTestText(run);
  const stubborn = left.filter((failure) => !isMendable(failure));
  const told = stubborn.map((failure) => `${failureText(failure)}\n`).join('');
  const diffs = updates.map(({ diff }) => `${diff}\n`).join('');
  const files = updates.length === 1 ? '1 file' : `${updates.length} files`;
  const done =
    updates.length === 0
      ? 'nothing to update'
      : flags.write
        ? `${files} written`
        : `${files} would change: look at the diff, then add --write`;
  return `${told}${diffs}${summaryText(run)}${done}\n`;
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
