import type { Expectation } from '../config/rule-tests-schema.ts';
import type { Outcome } from './compare-outcome.ts';

/** Signals named where a case named none. */
const mostSignals = 3;

/** The least change to an expectation after which the outcome fits it; an empty one is filled in. */
export function updatedExpectation(expect: Expectation, outcome: Outcome): Expectation {
  const { verdict, action, signals, conditions, cause, bits } = expect;
  if (Object.keys(expect).length === 0) return filledIn(outcome);
  return {
    ...(verdict === undefined ? {} : { verdict: outcome.verdict }),
    ...(action === undefined ? {} : { action: outcome.action }),
    ...(signals === undefined ? {} : { signals: stillIn(signals, outcome.signals) }),
    ...(bits === undefined ? {} : { bits: widened(bits, outcome.bits) }),
    ...(conditions === undefined ? {} : { conditions: stillIn(conditions, outcome.conditions) }),
    ...(cause === undefined ? {} : { cause: outcome.cause ?? 'none' }),
  };
}

function filledIn({ verdict, action, signals, conditions, cause }: Outcome): Expectation {
  const isFlagged = verdict === 'suspicious' || verdict === 'anomalous';
  return {
    verdict,
    action,
    ...(isFlagged && signals.length > 0 ? { signals: signals.slice(0, mostSignals) } : {}),
    ...(conditions.length > 0 ? { conditions: [...conditions] } : {}),
    ...(isFlagged && cause !== null ? { cause } : {}),
  };
}

function stillIn<Name extends string>(
  expected: readonly Name[],
  actual: readonly string[],
): Name[] {
  return expected.filter((name) => actual.includes(name));
}

/** Whole bits, so that the next small change is no difference again. */
function widened(
  { min, max }: NonNullable<Expectation['bits']>,
  bits: number | null,
): Expectation['bits'] {
  if (bits === null) return {};
  return {
    ...(min === undefined ? {} : { min: Math.min(min, Math.floor(bits)) }),
    ...(max === undefined ? {} : { max: Math.max(max, Math.ceil(bits)) }),
  };
}
