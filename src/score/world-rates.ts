import type { Observation } from '../baseline/store.ts';
import type { Features, Sighting } from '../features/features.ts';
import { forwardedPrior } from './forwarding.ts';
import { isReplaceable, pendingName, type KnownValues } from './known-values.ts';
import { redesignFactor, substitutionBits, substitutionOf, trafficByDay } from './substitution.ts';

/** What history knows of how often benign causes happen, beside the rates of signals. */
export type WorldRates = {
  /** Chance that a message to these recipients comes forwarded. */
  readonly forwarded: number;
  /** Factor on the prior of a redesign: 1 where the new values' own traffic says nothing yet. */
  readonly redesign: number;
};

/** Where nothing was learned. */
export const unknownRates: WorldRates = { forwarded: 0.005, redesign: 1 };

/**
 * A redesign is news for so long. What only some of the recipients ever get is never established; without this, one
 * redesign would explain whatever is foreign in their mail for ever.
 */
const redesignDays = 28;

/** The redesign must explain every new value of the message, so that the one which least looks like a replacement decides. */
export function worldRatesOf(input: {
  readonly features: Features;
  readonly fresh: readonly Sighting[];
  readonly known: KnownValues;
  readonly observation: Pick<Observation, 'snapshot' | 'dayMessages'>;
  readonly today: number;
  /** Share of that day that is over; 0 leaves the day out. */
  readonly dayShare?: number;
}): WorldRates {
  const { features, fresh, known, observation, today, dayShare = 0 } = input;
  const { snapshot, dayMessages } = observation;
  const replaceable = fresh.filter(isReplaceable);
  const forwarded = features.hasPath
    ? forwardedPrior(features, known.recordOf, today)
    : unknownRates.forwarded;
  if (replaceable.length === 0) return { forwarded, redesign: 1 };
  const traffic = trafficByDay(
    [...snapshot.daily, { day: today - 1, messages: dayMessages.yesterday }],
    {
      day: today,
      messages: dayShare === 0 ? 0 : Math.max(0, dayMessages.today - 1),
      share: dayShare,
    },
  );
  const bits = replaceable.flatMap((sighting) => {
    const appearance = appearanceOf(sighting, known);
    const replaced = appearance && substitutionOf(appearance, traffic);
    if (!replaced) return [];
    const isRecent = today - appearance.firstDay <= redesignDays;
    return [isRecent ? substitutionBits(replaced) : Math.min(0, substitutionBits(replaced))];
  });
  return { forwarded, redesign: bits.length === 0 ? 1 : redesignFactor(Math.min(...bits)) };
}

/** When a value first came and how often since: what is flagged is not learned, that it came is known all the same. */
function appearanceOf(sighting: Sighting, known: KnownValues) {
  const learned = known.recordOf(sighting);
  const pending = known.recordOf({ table: 'pending', value: pendingName(sighting) });
  if (learned === null || pending === null) return learned ?? pending;
  return {
    firstDay: Math.min(learned.firstDay, pending.firstDay),
    count: learned.count + pending.count,
  };
}
