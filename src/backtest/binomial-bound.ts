import { lnBeta } from '../score/beta-function.ts';

/**
 * One-sided upper bound of a share after `events` in `trials`, exact for a binomial at `confidence`; 1 without trials.
 * For no event in n it is about 3/n. Source: Clopper and Pearson 1934.
 */
export function upperShare(events: number, trials: number, confidence = 0.95): number {
  if (trials <= 0 || events >= trials) return 1;
  let [low, high] = [events / trials, 1];
  // 60 halvings leave nothing that a double could tell.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (betaShare(middle, events + 1, trials - events) < confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularized incomplete beta function I_x(a, b), 0 < x < 1. Source: DLMF 8.17.5 and 8.17.22 (continued fraction). */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lnBeta(a, b));
  // The fraction converges fast below the mean.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const mostTerms = 10_000;
const least = 1e-300;

/** Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-14) break;
  }
  return fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < least ? least : value;
}
