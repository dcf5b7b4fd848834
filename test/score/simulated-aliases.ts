import type { Tally } from '../../src/score/beta-binomial-grid.ts';

/** Uniform numbers in [0, 1), the same for the same seed (xorshift32, Marsaglia 2003). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Aliases whose rates are drawn from Beta(a, b), each with `trials` messages. */
export function aliasesOf(
  random: () => number,
  { count, trials, a, b }: { count: number; trials: number; a: number; b: number },
): readonly Tally[] {
  return Array.from({ length: count }, () => {
    const left = gamma(random, a);
    const rate = left / (left + gamma(random, b));
    let events = 0;
    for (let trial = 0; trial < trials; trial++) if (random() < rate) events++;
    return { events, trials };
  });
}

/** Gamma(shape, 1) by Marsaglia and Tsang (2000). */
function gamma(random: () => number, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * Math.max(random(), 1e-12) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random()) < normal ** 2 / 2 + d - d * v + d * Math.log(v))
      return d * v;
  }
}
