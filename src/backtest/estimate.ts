import { upperShare } from './binomial-bound.ts';
import type { Stratum } from './tally.ts';

/** Kept messages of an alias beside all that were scored, held ones apart. */
export type Sampled = Readonly<Record<Stratum, { readonly kept: number; readonly scored: number }>>;

/** Over all scored mail of the window. */
export type Estimate = {
  /** Messages, expected. */
  readonly messages: number;
  /** Messages, 95 % upper bound. */
  readonly atMost: number;
};

/**
 * Messages of all that were scored, from those that were kept: the kept ones are a uniform draw of each stratum, so that
 * shares carry over. Of what was kept nothing is unknown: the bound (Clopper–Pearson) is on the rest.
 */
export function estimate(shown: Readonly<Record<Stratum, number>>, sampled: Sampled): Estimate {
  const parts = (['passed', 'held'] as const).map((stratum) => {
    const { kept, scored } = sampled[stratum];
    const events = shown[stratum];
    const rest = Math.max(0, scored - kept);
    if (rest === 0) return { messages: events, atMost: events };
    const share = kept === 0 ? 0 : events / kept;
    return {
      messages: events + rest * share,
      atMost: events + rest * upperShare(events, kept),
    };
  });
  return {
    messages: parts.reduce((sum, { messages }) => sum + messages, 0),
    atMost: parts.reduce((sum, { atMost }) => sum + atMost, 0),
  };
}
