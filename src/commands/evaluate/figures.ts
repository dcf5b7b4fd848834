import { ablationFigures, type AblationFigures } from './ablation-figures.ts';
import { abuseView, mislabelledFigures, type AbuseView } from './abuse-figures.ts';
import { comparisonFigures, type MethodFigures } from './comparison-figures.ts';
import type { Evaluation } from './evaluate-mail.ts';
import {
  coldFigures,
  honestFigures,
  type ColdFigures,
  type HonestFigures,
} from './honest-figures.ts';
import { injectionFigures, type KindFigures } from './injection-figures.ts';
import type { FilterFigures } from './other-filters.ts';
import { scenarioFigures, type ScenarioFigures } from './scenarios/scenario-figures.ts';

/** All figures of a run, as `--json` prints them. `tagged` counts tag or stronger. Kept apart on purpose: false positives, recall, real abuse. */
export type Figures = {
  readonly streams: HonestFigures;
  readonly coldHonest: ColdFigures;
  readonly injection: { readonly byKind: readonly KindFigures[] };
  /** With packs, as production would score; `withPack` again beside `cold`. */
  readonly abuse: AbuseView & { readonly cold: AbuseView; readonly withPack: AbuseView };
  readonly legitMislabelled: { readonly n: number; readonly tagged: number };
  /** Causes and what they must beat. */
  readonly comparison: readonly MethodFigures[];
  readonly otherFilters: readonly FilterFigures[];
  readonly ablations: readonly AblationFigures[];
  /** Null where they were not asked for. */
  readonly scenarios: ScenarioFigures | null;
};

export function figuresOf(evaluation: Evaluation): Figures {
  const { streams, abuse, scenarios, otherFilters, ablations } = evaluation;
  const withPack = abuseView(abuse.withPack);
  return {
    streams: honestFigures(streams),
    coldHonest: coldFigures(streams),
    injection: { byKind: injectionFigures(streams) },
    abuse: { ...withPack, cold: abuseView(abuse.cold), withPack },
    legitMislabelled: mislabelledFigures(abuse.withPack),
    comparison: comparisonFigures(streams, abuse.withPack),
    otherFilters,
    ablations: ablationFigures(ablations),
    scenarios: scenarios && scenarioFigures(scenarios),
  };
}
