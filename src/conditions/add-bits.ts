import type { History } from '../baseline/history.ts';
import { tailProbability } from '../score/calibration.ts';
import type { Score, Term } from '../score/score.ts';
import type { Condition } from './condition.ts';

/**
 * The score with the bits of the conditions that a message meets, one term each, so that all terms still add up to it
 * (promise P7). Its chance is read from the scores that honest mail of the alias had without any condition.
 */
export function addBits(score: Score, matched: readonly Condition[], history: History): Score {
  const added = matched.flatMap(({ id, name, effect }): readonly Term[] =>
    effect.kind === 'bits'
      ? [{ signal: 'condition', bits: effect.bits, observed: name, baseline: `condition ${id}` }]
      : [],
  );
  if (added.length === 0) return score;
  const bits = added.reduce((sum, term) => sum + term.bits, score.bits);
  const shown = [...score.terms, ...added].filter(({ signal }) => signal !== 'prior');
  return {
    ...score,
    bits,
    pValue: tailProbability(bits, history),
    terms: [
      ...shown.sort((left, right) => right.bits - left.bits),
      ...score.terms.filter(({ signal }) => signal === 'prior'),
    ],
  };
}
