import type { Observation } from '../baseline/store.ts';
import type { Features, Sighting } from '../features/features.ts';
import { forwardedPrior } from './forwarding.ts';
import { isReplaceable, pendingName, type KnownValues } from './known-values.ts';
import { redesignFactor, substitutionBits, substitutionOf } from './substitution.ts';

/** What history knows of how often benign causes happen, beside the rates of signals. */
export type WorldRates = {
  /** Chance that a message to these recipients comes forwarded. */
  readonly forwarded: number;
  /** Factor on the prior of a redesign: 1 where the new values' own traffic says nothing yet. */
  readonly redesign: number;
};

/** Where nothing was learned. */
export const unknownRates: WorldRates = { forwarded: 0.005, redesign: 1 };

/** The redesign must explain every new value of the message, so that the one which least looks like a replacement decides. */
export function worldRatesOf(input: {
  readonly features: Features;
  readonly fresh: readonly Sighting[];
  readonly known: KnownValues;
  readonly observation: Pick<Observation, 'snapshot' | 'dayMessages'>;
  readonly today: number;
}): WorldRates {
  const { features, fresh, known, observation, today } = input;
  const yesterday = { day: today - 1, messages: observation.dayMessages.yesterday };
  const series = [...observation.snapshot.daily, yesterday];
  const bits = fresh.filter(isReplaceable).flatMap((sighting) => {
    // What is flagged is not learned; that it came is known all the same.
    const record =
      known.recordOf(sighting) ??
      known.recordOf({ table: 'pending', value: pendingName(sighting) });
    const traffic = record === null ? null : substitutionOf(record, series, today);
    return traffic === null ? [] : [substitutionBits(traffic)];
  });
  return {
    forwarded: features.hasPath
      ? forwardedPrior(features, known.recordOf, today)
      : unknownRates.forwarded,
    redesign: bits.length === 0 ? 1 : redesignFactor(Math.min(...bits)),
  };
}
