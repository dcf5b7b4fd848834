import type { Analysis } from '../analysis.ts';
import type { Expectation } from '../config/rule-tests-schema.ts';
import type { Decision } from '../decision/decision.ts';
import { signalIds, type SignalId } from '../features/signals.ts';
import type { RuleTest } from './rule-test.ts';

/** What became of the message of a case, as far as an expectation can name it. */
export type Outcome = {
  readonly alias: string | null;
  readonly verdict: Decision['verdict'];
  readonly action: Decision['action'];
  /** Null for mail that was not scored. */
  readonly bits: number | null;
  readonly cause: string | null;
  /** That speak against it, the strongest first. */
  readonly signals: readonly SignalId[];
  /** Ids of the conditions that matched. */
  readonly conditions: readonly string[];
  /** The sentence for people; possibly empty. */
  readonly reason: string;
};

/** One expectation that did not hold, in words. */
export type Difference = {
  readonly what: 'alias' | 'baseline' | 'expect' | keyof Expectation;
  readonly expected: string;
  readonly actual: string;
};

export function outcomeOf({
  alias,
  decision,
  score,
}: Pick<Analysis, 'alias' | 'decision' | 'score'>): Outcome {
  const { verdict, action, reason } = decision;
  const against = (score?.terms ?? []).filter(({ bits }) => bits > 0).map(({ signal }) => signal);
  return {
    alias,
    verdict,
    action,
    bits: score?.bits ?? null,
    cause: score?.cause.id ?? null,
    signals: against.filter(isSignal),
    conditions: decision.conditions,
    reason,
  };
}

function isSignal(name: string): name is SignalId {
  return (signalIds as readonly string[]).includes(name);
}

/** Everything that is not as the case expects it; nothing when it passes. */
export function compareOutcome(
  { alias, expect }: Pick<RuleTest, 'alias' | 'expect'>,
  outcome: Outcome,
): readonly Difference[] {
  const { verdict, action, cause } = expect;
  return [
    ...differs('alias', alias ?? 'none', outcome.alias ?? 'none'),
    ...(Object.keys(expect).length === 0
      ? [difference('expect', 'a verdict (none is written yet)', outcome.verdict)]
      : []),
    ...differs('verdict', verdict, outcome.verdict),
    ...differs('action', action, outcome.action),
    ...differs('cause', cause, outcome.cause ?? 'none'),
    ...lacks('signals', expect.signals, outcome.signals),
    ...lacks('conditions', expect.conditions, outcome.conditions),
    ...outside(expect.bits, outcome.bits),
  ];
}

function difference(what: Difference['what'], expected: string, actual: string): Difference {
  return { what, expected, actual };
}

function differs(
  what: Difference['what'],
  expected: string | undefined,
  actual: string,
): readonly Difference[] {
  return expected === undefined || expected === actual ? [] : [difference(what, expected, actual)];
}

/** More than what is listed may show: a rule that sees more has not become worse. */
function lacks(
  what: 'signals' | 'conditions',
  expected: readonly string[] = [],
  actual: readonly string[],
): readonly Difference[] {
  const missing = expected.filter((name) => !actual.includes(name));
  return missing.length === 0
    ? []
    : [difference(what, missing.join(', '), actual.length === 0 ? 'none' : actual.join(', '))];
}

function outside(range: Expectation['bits'], bits: number | null): readonly Difference[] {
  if (range === undefined) return [];
  const { min = -Infinity, max = Infinity } = range;
  if (min === -Infinity && max === Infinity) return [];
  if (bits !== null && bits >= min && bits <= max) return [];
  const expected =
    max === Infinity
      ? `at least ${min}`
      : min === -Infinity
        ? `at most ${max}`
        : `${min} to ${max}`;
  return [difference('bits', expected, bits === null ? 'not scored' : bits.toFixed(1))];
}
