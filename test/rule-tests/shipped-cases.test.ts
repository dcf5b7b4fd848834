import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { loadRuleTests } from '../../src/rule-tests/load-rule-tests.ts';
import type { RuleTest } from '../../src/rule-tests/rule-test.ts';
import { runRuleTests, type RuleTestRun } from '../../src/rule-tests/run-rule-tests.ts';
import { shippedRules } from '../config/rule-directory.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';

const cases = await loadRuleTests(shippedRules, shippedRuleSet);
assert.ok(cases.ok, cases.ok ? '' : cases.problems.map(formatProblem).join('\n'));
const { tests } = cases;

/** The template, without what a case puts into it. */
function templateOf({ baseline }: RuleTest): string {
  return baseline?.key ?? '';
}

describe('the cases beside the shipped rules', () => {
  let run: RuleTestRun;
  before(async () => {
    run = await runRuleTests(shippedRuleSet, tests);
  });

  test('all pass', (context) => {
    context.diagnostic(`${tests.length} cases in ${run.seconds.toFixed(1)} s`);
    assert.deepEqual(
      run.failed.map(({ test: { name }, differences }) => [name, differences]),
      [],
    );
    assert.equal(run.passed, tests.length);
  });

  test('every lure has an honest twin of the same template', () => {
    const flagged = tests.filter(
      ({ expect, baseline }) => baseline !== null && expect.action === 'quarantine',
    );
    const twins = new Set(tests.filter(({ expect }) => expect.verdict === 'clean').map(templateOf));
    assert.ok(flagged.length >= 40, `${flagged.length} lures`);
    assert.deepEqual(
      flagged.filter((lure) => !twins.has(templateOf(lure))).map(({ name }) => name),
      [],
    );
  });
});
