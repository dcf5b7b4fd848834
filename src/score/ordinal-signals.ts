import type { History } from '../baseline/history.ts';
import type { Observation } from '../baseline/store.ts';
import type { Features, Sighting } from '../features/features.ts';
import type { SignalId } from '../features/signals.ts';
import { contactLureBits } from './lure-window.ts';

/** A signal of a quantity as one message shows it; its honest rate is counted per level. */
export type Quantity = {
  readonly level: number;
  /** Asked where the level is above 0: of most messages nobody reads it. */
  readonly shown: () => string;
};

type OrdinalInput = {
  readonly features: Features;
  readonly observation: Pick<Observation, 'signatureRecipients'>;
  /** What is not ordinary for the alias. */
  readonly fresh: readonly Sighting[];
  readonly history: History;
  /** The alias's own template, and nothing in it leads where its mail always leads. */
  readonly linksGone: boolean;
};

/** Upper ends of the steps of distinct recipients of one signature: 1 is ordinary. */
const reuseSteps = [1, 2, 4, 8, 16];

/** The step a message is on of a signal with steps, or null for a signal of another kind. */
export function ordinalOf(
  signal: SignalId,
  { features, observation, fresh, history, linksGone }: OrdinalInput,
): Quantity | null {
  const quantity = (level: number, shown: () => string): Quantity => ({ level, shown });
  if (signal === 'signature-reuse') {
    const recipients = observation.signatureRecipients;
    return quantity(
      reuseSteps.filter((step) => recipients > step).length,
      () => `one signature to ${recipients} recipients`,
    );
  }
  if (signal === 'links-gone') return quantity(linksGone ? 1 : 0, () => 'none of the usual links');
  if (signal === 'phone-lure') return quantity(...phoneLure(features, fresh, history));
  const table = standingTables[signal];
  if (table !== undefined) {
    const values = new Set(
      fresh.filter((sighting) => sighting.table === table).map(({ value }) => value),
    );
    const worst = features.standings
      .filter((standing) => standing.table === table && values.has(standing.value))
      .reduce((most, { level, shown }) => (level > most.level ? { level, shown } : most), {
        level: 0,
        shown: '',
      });
    return quantity(worst.level, () => worst.shown);
  }
  const reading = features.levels.find((candidate) => candidate.signal === signal);
  return reading ? quantity(reading.level, () => reading.shown) : null;
}

/** Bits of lure language around a new telephone number at which level 1, 2 … is reached. */
const phoneLureSteps = [4, 8, 14];

function phoneLure(
  { contactContexts }: Features,
  fresh: readonly Sighting[],
  history: History,
): readonly [level: number, shown: () => string] {
  const numbers = new Set(
    fresh.filter(({ signal }) => signal === 'phone').map(({ value }) => value),
  );
  const bits = Math.max(
    0,
    ...contactContexts
      .filter(({ value }) => numbers.has(value))
      .map((context) => contactLureBits(context, history)),
  );
  const level = phoneLureSteps.filter((step) => bits >= step).length;
  return [level, () => `lure language around a new telephone number (${bits.toFixed(0)} bits)`];
}

/** How the world knows what is new to the alias, by the table it stands in. */
const standingTables: Readonly<Partial<Record<SignalId, 'domain' | 'reply-to'>>> = {
  'link-standing': 'domain',
  'reply-to-standing': 'reply-to',
};
