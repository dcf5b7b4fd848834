import { loadRuleTests } from '../rule-tests/load-rule-tests.ts';
import { runRuleTests, type RuleTestFailure } from '../rule-tests/run-rule-tests.ts';
import { backtestStep } from './backtest-step.ts';
import { formatProblem } from '../config/rule-problem.ts';
import type { ActivationStep, StepOutcome } from './activation-step.ts';

/** Failed cases that are told; `rules test` tells all. */
const mostFailures = 5;

/** What the rules of a directory have to pass once they are valid. Heavy: nothing that mail waits for runs them. */
export function activationStepsOf({
  directory,
  stateDir,
  signal,
}: {
  readonly directory: string;
  /** Where scored mail is kept. */
  readonly stateDir: string;
  readonly signal?: AbortSignal;
}): readonly ActivationStep[] {
  return [
    { name: 'test', run: (candidate) => testStep(directory, candidate, signal) },
    {
      name: 'backtest',
      run: (candidate, active) => backtestStep(stateDir, { candidate, active, signal }),
    },
  ];
}

async function testStep(
  directory: string,
  candidate: Parameters<typeof runRuleTests>[0],
  signal: AbortSignal | undefined,
): Promise<StepOutcome> {
  const loading = await loadRuleTests(directory, candidate);
  if (!loading.ok) {
    const problems = loading.problems.map(formatProblem);
    return { ok: false, summary: 'the cases cannot be run', problems };
  }
  const cases = loading.tests.length;
  if (cases === 0) return { ok: true, summary: 'there are no cases', problems: [] };
  const { passed, failed } = await runRuleTests(candidate, loading.tests, signal ? { signal } : {});
  return {
    ok: failed.length === 0,
    summary: `${passed} of ${cases} cases pass`,
    problems: failed.slice(0, mostFailures).map(failureText),
  };
}

function failureText({ test, differences }: RuleTestFailure): string {
  const told = differences.map(
    ({ what, expected, actual }) => `${what}: expected ${expected}, got ${actual}`,
  );
  return `${test.file}: case "${test.name}": ${told.join('; ')}`;
}
