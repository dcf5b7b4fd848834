import type { History } from '../baseline/history.ts';

/** Messages' worth of trust in the model before the alias's own scores speak. */
const kappa = 1000;

/**
 * Markov allows honest mail 2^-7.25 at 7.25 bits. None of 2,906 honest messages with history scored that high, nor any of
 * 3,589 scored without one; the rule of three allows 3 in 2,906, which is this share of the bound.
 */
const measuredShare = 0.15;

/**
 * Chance that an honest message of this alias scores at least `bits`: its own tail shrunk on the bound that any
 * likelihood ratio keeps (detection 2.8), as far as honest mail uses it. 1,000 messages of history cannot honestly support less than about 1e-3 alone; below
 * that the tail is modelled.
 */
export function tailProbability(bits: number, history: History): number {
  const bound = Math.min(1, measuredShare * 2 ** -bits);
  return Math.min(1, (history.scoredAtLeast(bits) + kappa * bound) / (history.scored + kappa));
}
