import type { RuleTestFailure, RuleTestRun } from '../../rule-tests/run-rule-tests.ts';
import { printable } from '../text-table.ts';

export type ReportedRun = RuleTestRun & { readonly ruleset: string; readonly cases: number };

/** What an operator reads: every case that failed, and one line for all. */
export function ruleTestText(run: ReportedRun): string {
  const failures = run.failed.map((failure) => `${failureText(failure)}\n`).join('');
  return `${failures}${summaryText(run)}`;
}

/** Where the case stands, what was expected and what came, and why. */
export function failureText({ test, outcome, differences }: RuleTestFailure): string {
  const lines = [
    `FAIL ${test.name}`,
    `  ${test.file}:${test.line}`,
    ...differences.map(
      ({ what, expected, actual }) => `  ${what.padEnd(10)} expected ${expected}, was ${actual}`,
    ),
    ...(outcome === null || outcome.reason === '' ? [] : [`  reason     ${outcome.reason}`]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** One line for all. */
export function summaryText({ cases, passed, failed, seconds, ruleset }: ReportedRun): string {
  const counted = `${cases} ${cases === 1 ? 'case' : 'cases'}`;
  const failures = failed.length === 0 ? '' : `, ${failed.length} failed`;
  return `${counted}: ${passed} passed${failures} in ${seconds.toFixed(1)} s under ruleset ${ruleset}\n`;
}

/** The contract of `rules test --json`. */
export function ruleTestJson({ cases, passed, failed, seconds, ruleset }: ReportedRun): object {
  return {
    ok: failed.length === 0,
    ruleset,
    cases,
    passed,
    failed: failed.map(({ test, outcome, differences }) => ({
      name: test.name,
      file: test.file,
      line: test.line,
      differences,
      outcome,
    })),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}
