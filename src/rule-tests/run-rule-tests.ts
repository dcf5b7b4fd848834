import { activate } from '../activate-rules.ts';
import { openStore } from '../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../baseline/store.ts';
import { patientStoreTimeoutMs } from '../commands/patient-store.ts';
import type { RuleSet } from '../config/rule-set.ts';
import { compareOutcome, type Difference, type Outcome } from './compare-outcome.ts';
import { openJudge, type RuleTestJudge } from './judge-case.ts';
import type { RuleTest } from './rule-test.ts';
import { teachBaseline, type TaughtBaseline } from './teach-baseline.ts';

/** Longest that all cases together may take. */
export const defaultLimitMs = 300_000;

export type RuleTestOptions = {
  /** Cases that have not begun by then fail. */
  readonly limitMs?: number;
  /** Stops between two cases, which then fail as well. */
  readonly signal?: AbortSignal;
  /** Told of each case that is over. */
  readonly onDone?: () => void;
};

/** A case that did not come out as expected. */
export type RuleTestFailure = {
  readonly test: RuleTest;
  /** Null for a case that was not judged. */
  readonly outcome: Outcome | null;
  readonly differences: readonly Difference[];
};

export type RuleTestRun = {
  readonly passed: number;
  /** In the order of the cases. */
  readonly failed: readonly RuleTestFailure[];
  readonly seconds: number;
};

/**
 * Judges every case with the engine of production: the history it asks for is taught to a store in memory, cases with
 * the same history share it, and nothing of one case is left for the next. Asks no DNS and touches no file.
 */
export async function runRuleTests(
  rules: RuleSet,
  tests: readonly RuleTest[],
  { limitMs = defaultLimitMs, signal, onDone = () => undefined }: RuleTestOptions = {},
): Promise<RuleTestRun> {
  const startedMs = performance.now();
  const failures = new Map<RuleTest, RuleTestFailure>();
  await using judge = openJudge(activate(rules, { mode: null }));
  for (const sharing of byBaseline(tests)) {
    let taught: Taught | null = null;
    try {
      for (const test of sharing) {
        const stopped = signal?.aborted ? 'stopped' : isOver(startedMs, limitMs);
        if (stopped === null) taught ??= await teach(test, rules, judge);
        const failure =
          taught === null || stopped !== null
            ? notRun(test, stopped ?? '')
            : await failureOf(test, taught, judge);
        if (failure) failures.set(test, failure);
        onDone();
      }
    } finally {
      await taught?.store[Symbol.asyncDispose]();
    }
  }
  return {
    passed: tests.length - failures.size,
    failed: tests.flatMap((test) => failures.get(test) ?? []),
    seconds: (performance.now() - startedMs) / 1000,
  };
}

type Taught = { readonly store: BaselineStore; readonly baseline: TaughtBaseline | null };

function byBaseline(tests: readonly RuleTest[]): Iterable<readonly RuleTest[]> {
  return Map.groupBy(tests, ({ baseline }) => baseline?.key ?? '').values();
}

function isOver(startedMs: number, limitMs: number): string | null {
  return performance.now() - startedMs < limitMs
    ? null
    : `not run: all cases together took more than ${limitMs / 1000} s`;
}

async function teach(
  { baseline }: RuleTest,
  rules: RuleSet,
  judge: RuleTestJudge,
): Promise<Taught> {
  const limits = { ...defaultStoreLimits, windowDays: rules.policy.learning.windowDays };
  const store = await openStore('sqlite::memory:', { limits, timeoutMs: patientStoreTimeoutMs });
  if (baseline === null) return { store, baseline: null };
  const { pseudonym } = judge;
  const analyse = judge.ordinary(store);
  return { store, baseline: await teachBaseline(baseline, { store, analyse, pseudonym }) };
}

async function failureOf(
  test: RuleTest,
  { store, baseline }: Taught,
  judge: RuleTestJudge,
): Promise<RuleTestFailure | null> {
  const outcome = await judge.judge(test, store);
  const differences = compareOutcome(test, outcome);
  // A history of somebody else explains every other difference, and hides that there is none.
  const foreign = foreignBaseline(test, baseline);
  if (foreign.length === 0 && differences.length === 0) return null;
  return { test, outcome, differences: [...foreign, ...differences] };
}

function foreignBaseline(
  { alias }: RuleTest,
  baseline: TaughtBaseline | null,
): readonly Difference[] {
  if (baseline === null) return [];
  if (baseline.alias !== alias)
    return [
      {
        what: 'baseline',
        expected: `ordinary mail of ${alias ?? 'nobody'}`,
        actual: `mail of ${baseline.alias ?? 'nobody'}: nothing was learned of the other`,
      },
    ];
  if (baseline.flagged === 0) return [];
  const actual = `${baseline.flagged} of ${baseline.analysed} flagged: ${baseline.reason}`;
  return [{ what: 'baseline', expected: 'ordinary mail that is clean', actual }];
}

function notRun(test: RuleTest, actual: string): RuleTestFailure {
  const expected = test.expect.verdict ?? 'a verdict';
  return { test, outcome: null, differences: [{ what: 'verdict', expected, actual }] };
}
