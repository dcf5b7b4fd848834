import { abuseView, mislabelledFigures, type AbuseView } from './abuse-figures.ts';
import type { Evaluation } from './evaluate-mail.ts';
import {
  coldFigures,
  honestFigures,
  type ColdFigures,
  type HonestFigures,
} from './honest-figures.ts';
import { injectionFigures, type KindFigures } from './injection-figures.ts';
import { scenarioFigures, type ScenarioFigures } from './scenarios/scenario-figures.ts';

/** All figures of a run, as `--json` prints them. `tagged` counts tag or stronger. Kept apart on purpose: false positives, recall, real abuse. */
export type Figures = {
  readonly streams: HonestFigures;
  readonly coldHonest: ColdFigures;
  readonly injection: { readonly byKind: readonly KindFigures[] };
  /** With packs, as production would score; `withPack` again beside `cold`. */
  readonly abuse: AbuseView & { readonly cold: AbuseView; readonly withPack: AbuseView };
  readonly legitMislabelled: { readonly n: number; readonly tagged: number };
  /** Null where they were not asked for. */
  readonly scenarios: ScenarioFigures | null;
};

export function figuresOf({ streams, abuse, scenarios }: Evaluation): Figures {
  const withPack = abuseView(abuse.withPack);
  return {
    streams: honestFigures(streams),
    coldHonest: coldFigures(streams),
    injection: { byKind: injectionFigures(streams) },
    abuse: { ...withPack, cold: abuseView(abuse.cold), withPack },
    legitMislabelled: mislabelledFigures(abuse.withPack),
    scenarios: scenarios && scenarioFigures(scenarios),
  };
}
